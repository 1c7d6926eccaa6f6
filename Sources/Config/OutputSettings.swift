import Text

/// `[[output]]`, or an output as it stands in an alert's `outputs`: where the agent tells an alert.
package struct OutputSettings: Equatable, Sendable {
  /// Of `[[output]]`; of another the text in `outputs`: `"socket"`, `"exec:/usr/bin/siren"`.
  package var name: String
  package var kind: OutputKind
  /// Where it is written what it is: the value of `gpio`, `exec` …, or the text in `outputs`.
  package var place: SourcePlace

  package init(name: String, kind: OutputKind, place: SourcePlace) {
    (self.name, self.kind, self.place) = (name, kind, place)
  }
}

package enum OutputKind: Equatable, Sendable {
  /// The events socket.
  case socket
  /// The systemd journal.
  case journal
  /// A line of a GPIO chip.
  case gpio(GPIOSettings)
  /// Bytes on a serial line.
  case serial(SerialOutputSettings)
  /// A program, started without a shell.
  case exec(ProgramSettings)
  /// A broker on this board, over its Unix socket.
  case mqtt(MQTTSettings)
}

/// `gpio = "gpiochip0/17"`.
package struct GPIOSettings: Equatable, Sendable {
  /// The device's path: `/dev/gpiochip0`.
  package var chip: String
  /// 0…65535
  package var line: Int
  package var role: SignalRole = .siren
  package var pattern: SignalPatternKind = .steady
  package var isActiveLow = false
  /// Energised while the agent is well and nothing is to be signalled.
  package var isFailSafe = false

  package init(chip: String, line: Int) { (self.chip, self.line) = (chip, line) }
}

/// `shows`: what an output that is on or off tells.
package enum SignalRole: String, Equatable, Sendable, CaseIterable {
  /// On while an alert calls for a person: raised and not acknowledged, not silenced.
  case siren
  /// On while an alert stands: flashing until it is acknowledged, then steady.
  case lamp
  /// On from `raised` until the alert is normal again; a latched alert holds it.
  case relay
}

/// `pattern`: how an output is on.
package enum SignalPatternKind: String, Equatable, Sendable, CaseIterable {
  case steady
  /// On and off as the severity asks.
  case blink
  /// The bursts of the severity.
  case burst
}

/// `serial = "/dev/ttyUSB1"`: bytes for what happens. `{alert}`, `{state}`, `{severity}`,
/// `{value}`, `{episode}` in a text are filled in.
package struct SerialOutputSettings: Equatable, Sendable {
  package var path: String
  package var baud = 9600
  /// Written when the alert is raised, or raised again.
  package var raise: [UInt8]
  /// Written when it is over, acknowledged or silenced; empty: nothing.
  package var clear: [UInt8] = []
  /// False for `hex:` bytes, in which braces mean nothing.
  package var isTemplate = true

  package init(path: String, raise: [UInt8]) { (self.path, self.raise) = (path, raise) }
}

/// `exec = "/usr/lib/edgeagent/siren"`.
package struct ProgramSettings: Equatable, Sendable {
  package var path: String
  /// `limit`: it is killed after this time.
  package var limitNanoseconds: Int64 = 10_000_000_000
  /// `retries`: so often it is run again after it failed.
  package var retries = 0

  package init(path: String) { self.path = path }
}

/// `mqtt = "/run/mosquitto/local.sock"`.
package struct MQTTSettings: Equatable, Sendable {
  package var socket: String
  /// `topic`: the root of the agent's topics; `edgeagent/ID` by default.
  package var topic: String
  /// `discovery`: Home Assistant's prefix; nil: none is published.
  package var discovery: String? = nil
  package var user: String? = nil
  package var password: SecretFile? = nil

  package init(socket: String, topic: String) { (self.socket, self.topic) = (socket, topic) }
}
