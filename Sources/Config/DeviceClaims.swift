import SensorIO
import Text

/// Devices and sockets of which each belongs to one part of the agent. Two readers of one line
/// would each get half of its bytes, of two outputs the second would not open, and two listeners
/// cannot share a socket. Files may be read twice.
struct DeviceClaims {
  private let faults: FaultList
  private var taken: [(device: String, place: SourcePlace)] = []

  init(faults: FaultList) { self.faults = faults }

  mutating func claim(_ events: EventSettings, _ control: ControlSettings) {
    claim("unix:\(events.socket)", as: events.socket, "socket", .events, events.socketPlace)
    claim("unix:\(control.socket)", as: control.socket, "socket", .control, control.socketPlace)
  }

  /// Sensors of one port read it through one wire, and claim it once.
  mutating func claim(_ sensors: [SensorSettings]) {
    for (index, sensor) in sensors.enumerated() {
      if sensors[..<index].contains(where: { $0.port == sensor.port }) { continue }
      let device: String
      switch sensor.port {
      case .serial(let path, _): device = "serial:\(path)"
      case .unix(let path), .unixDatagram(let path), .unixPackets(let path):
        device = "unix:\(path)"
      case .sound(let card, let number, _): device = "alsa:\(card),\(number)"
      case .iio(let settings): device = "iio:\(settings.device)"
      case .standardInput: device = "stdin"
      // Many may listen to a bus, to a server, and read a file.
      case .can, .unixClient, .file: continue
      }
      claim(device, as: device, "port", .sensor, sensor.portPlace)
    }
  }

  /// Of `[[output]]`.
  mutating func claim(_ output: OutputSettings) {
    guard let (scheme, device) = Self.device(of: output.kind) else { return }
    claim("\(scheme):\(device)", as: device, scheme, .output_, output.place)
  }

  /// Of an alert's outputs.
  ///
  /// - Parameter key: `outputs` or `escalate_to`.
  mutating func claim(_ output: OutputSettings, in key: String) {
    guard let (scheme, device) = Self.device(of: output.kind) else { return }
    claim("\(scheme):\(device)", as: output.name, key, .alert, output.place)
  }

  /// Nil for what may be told by many: a program, a broker.
  private static func device(of kind: OutputKind) -> (scheme: String, name: String)? {
    switch kind {
    case .gpio(let line): ("gpio", "\(line.chip)/\(line.line)")
    case .serial(let line): ("serial", line.path)
    case .socket, .journal, .exec, .mqtt: nil
    }
  }

  /// - Parameter text: as it is written.
  private mutating func claim(
    _ device: String, as text: String, _ key: String, _ table: ConfigurationTable,
    _ place: SourcePlace
  ) {
    if let first = taken.first(where: { $0.device.utf8.elementsEqual(device.utf8) }) {
      faults.note(.duplicate(key: key, in: table, found: text, first: first.place), at: place)
    } else {
      taken.append((device, place))
    }
  }
}
