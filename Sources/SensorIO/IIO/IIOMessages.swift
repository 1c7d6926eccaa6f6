import Text

extension IIOError {
  package var message: String {
    switch self {
    case .noDevice(let name, let known):
      "no IIO device \(name); "
        + (known.isEmpty
          ? "there is none at all: is its driver loaded?" : "there are \(Self.list(known))")
    case .ambiguous(let name, let numbers):
      "\(numbers.count) IIO devices have the name \(name); write one of \(Self.list(numbers)), or "
        + "give them labels in the device tree"
    case .noBuffer(let path):
      "\(path): no such folder: the device's driver has no buffer, only single values"
    case .noChannel(let channel, let device, let known):
      "\(device) has no channel \(channel); it has \(Self.list(known))"
    case .element(let channel, let count):
      "the channel \(channel) has \(count) values; write \(channel)[0] to \(channel)[\(count - 1)]"
    case .unreadable(let path, let text):
      "\(path): \"\(TerminalText.printable(text))\" is nothing that the agent can read"
    case .noTrigger(let path, let known):
      "\(path): the device does not start without a trigger; "
        + (known.isEmpty
          ? "there is none: load a driver that has one, or iio-trig-hrtimer"
          : "write trigger = \"NAME\" with one of \(Self.list(known))")
    case .running(let path):
      "\(path) is 1, and the agent has not written it: another program has started this device; "
        + "stop that one, or write 0 there"
    case .rate(let path, let hertz, let able):
      "\(path): the device does not take \(Self.number(hertz)) Hz"
        + (able.isEmpty ? "; write another rate" : "; it has \(TerminalText.printable(able))")
    case .refused(let path, let value, let reason):
      "\(path): the driver does not take \(value): \(reason)"
    case .notWritable(let path, isReadOnly: false):
      "\(path): may not be written; give the agent's group access by a udev rule"
    case .notWritable(let path, isReadOnly: true):
      "\(path): /sys is read-only here; the unit needs ReadWritePaths=/sys/devices in a drop-in"
    }
  }

  private static func list(_ names: [String]) -> String {
    names.map { TerminalText.printable($0) }.joined(separator: ", ")
  }

  /// As sysfs takes it: `50`, `12.5`.
  static func number(_ hertz: Double) -> String {
    guard hertz != hertz.rounded() else { return Decimal.text(hertz, decimals: 0) }
    var text = Decimal.text(hertz, decimals: 6)
    while text.utf8.last == UInt8(ascii: "0") { text.removeLast() }
    return text
  }
}
