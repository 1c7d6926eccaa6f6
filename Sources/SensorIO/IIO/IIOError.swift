/// Why a device of the Linux kernel's Industrial I/O did not open.
package enum IIOError: Error, Equatable, Sendable {
  /// `known`: the names that there are.
  case noDevice(String, known: [String])
  /// Several devices have that name; `numbers`: as `iio:device0`.
  case ambiguous(String, numbers: [String])
  /// It has no buffer: its driver gives single values alone.
  case noBuffer(path: String)
  case noChannel(String, device: String, known: [String])
  /// The element has so many values, and the channel does not say which, or one beyond.
  case element(String, count: Int)
  /// The file has nothing that the agent knows, or its elements cannot be placed.
  case unreadable(path: String, text: String)
  /// Nothing starts its scans; `known`: the names of triggers.
  case noTrigger(path: String, known: [String])
  /// Somebody else has started it, with other channels than these.
  case running(path: String)
  /// The device has no such rate; `able`: what its file says of the rates that it has.
  case rate(path: String, hertz: Double, able: String)
  /// The driver refused a value.
  case refused(path: String, value: String, reason: String)
  /// The file may not be written: by its mode, or because /sys is read-only to the agent's unit.
  case notWritable(path: String, isReadOnly: Bool)
}
