import CPlatform

/// Why a GPIO line could not be had, or is gone.
package enum GPIOError: Error, Equatable, Sendable {
  /// There is no such device.
  case missing(chip: String)
  case notPermitted(chip: String)
  /// The file is no GPIO chip, or the Linux kernel is older than 5.10.
  case notChip(chip: String)
  /// The chip has fewer lines.
  case noLine(chip: String, line: Int, count: Int)
  /// Another program or a driver has the line. `holder` is the name it gave; "" if none.
  case busy(chip: String, line: Int, holder: String)
  /// The chip was unplugged while the line was in use.
  case gone(chip: String)
  case system(chip: String, SystemError)
}

extension GPIOError {
  package var message: String {
    switch self {
    case .missing(let chip):
      "\(chip): no such device; is its driver loaded? (`ls /dev/gpiochip*` lists the chips)"
    case .notPermitted(let chip):
      "\(chip): permission denied; give the agent's group access (udev rule), and the unit "
        + "DeviceAllow=char-gpiochip rw"
    case .notChip(let chip):
      "\(chip): is no GPIO chip, or the Linux kernel is older than 5.10; give /dev/gpiochipN"
    case .noLine(let chip, let line, let count):
      "\(chip): there is no line \(line); the chip has \(count), from 0 on"
    case .busy(let chip, let line, let holder):
      "\(chip): line \(line) is in use by \(holder.isEmpty ? "another program" : holder); "
        + "stop that one, or give another line"
    case .gone(let chip): "\(chip): the chip has gone; is it plugged in?"
    case .system(let chip, let error): "\(chip): \(error.message)"
    }
  }
}
