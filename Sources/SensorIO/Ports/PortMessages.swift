import System

extension PortError {
  package var message: String {
    @export(interface)
    get {
      switch self {
      case .missing(let path):
        "\(path): no such device or file; is it plugged in? (`ls /dev/serial/by-id` lists devices)"
      case .notPermitted(let path):
        "\(path): permission denied; give the agent's user access (group of the device, udev rule)"
      case .busy(let path): "\(path): in use by another program; stop that one first"
      case .notTerminal(let path): "\(path): not a serial device; use file: for files and pipes"
      case .isFolder(let path): "\(path): is a folder"
      case .baudUnknown(let baud):
        "\(baud) baud is no rate of a serial line; write \(SerialSettings.baudRange.lowerBound) "
          + "to \(SerialSettings.baudRange.upperBound)"
      case .settingsRefused(let path, let wanted, let actual):
        "\(path): asked for \(wanted.text) raw, the driver set \(actual) baud or another form; "
          + "choose what it can do"
      case .noRS485(let path):
        "\(path): the driver has no RS-485 mode; remove rs485 if the adapter turns by itself"
      case .noInterface(let name):
        "no network interface \(name); `ip link` lists those that there are"
      case .noSound(let card):
        "no sound card \(card); `cat /proc/asound/cards` lists those that there are"
      case .soundUnfit(let path, let hertz, let can):
        "\(path) cannot record 1 channel at \(hertz) Hz; it has \(SoundAbility.text(can.channels)) "
          + "channels and \(SoundAbility.text(can.hertz)) Hz; write another rate, or another device"
      case .noCAN: "this Linux kernel has no SocketCAN; load the module can_raw"
      case .iio(let error): error.message
      case .socket(let error): error.message
      case .system(let path, let error): "\(path): \(error.message)"
      }
    }
  }
}

extension SoundAbility {
  fileprivate static func text(_ range: ClosedRange<Int>) -> String {
    range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
  }
}
