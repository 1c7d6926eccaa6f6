import CPlatform

/// Where a line is, and how it is driven.
package struct GPIOAddress: Equatable, Sendable {
  /// The device's path: `/dev/gpiochip0`.
  package let chip: String
  package let line: Int
  /// The Linux kernel turns the level round: active is 0 V.
  package let isActiveLow: Bool

  package init(chip: String, line: Int, isActiveLow: Bool) {
    (self.chip, self.line, self.isActiveLow) = (chip, line, isActiveLow)
  }
}

/// One line of a GPIO chip as an output. It keeps its level while this object lives; afterwards the
/// kernel lets go of it, and most chips make it an input.
///
/// It never changes but for the level, so threads may hand it over.
package final class GPIOLine: Sendable {
  private let descriptor: Int32
  private let driver: GPIODriver

  /// Cold: asks for the line as an output that begins with that level.
  package init(
    _ address: GPIOAddress, level: Bool, driver: GPIODriver = .kernel
  ) throws(GPIOError) {
    descriptor = try driver.request(address, level)
    self.driver = driver
  }

  deinit { driver.release(descriptor) }

  /// Hot: sets the logical level.
  ///
  /// - Returns: 0, or errno; ENODEV when the chip is gone. A chip behind a slow bus (I²C, SPI)
  ///   takes as long as its bus; those on the processor take less than a microsecond.
  package func set(_ level: Bool) -> Int32 { driver.set(descriptor, level) }
}

/// The three things that can be done with a line, as functions: tests give others and see every
/// level.
package struct GPIODriver: Sendable {
  /// The address, and the level to begin with; gives a descriptor.
  package let request: @Sendable (GPIOAddress, Bool) throws(GPIOError) -> Int32
  /// 0, or errno.
  package let set: @Sendable (Int32, Bool) -> Int32
  package let release: @Sendable (Int32) -> Void

  package init(
    request: @escaping @Sendable (GPIOAddress, Bool) throws(GPIOError) -> Int32,
    set: @escaping @Sendable (Int32, Bool) -> Int32, release: @escaping @Sendable (Int32) -> Void
  ) {
    (self.request, self.set, self.release) = (request, set, release)
  }

  /// The Linux kernel's character devices.
  package static let kernel = GPIODriver(
    request: { (address, level) throws(GPIOError) in
      try GPIOChip(path: address.chip).request(address, level)
    },
    set: { cp_gpio_set($0, $1 ? 1 : 0) == 0 ? 0 : cp_errno() },
    release: { _ = close($0) })
}

/// An open chip.
package struct GPIOChip {
  private let path: String
  private let descriptor: Descriptor
  package let lineCount: Int

  package init(path: String) throws(GPIOError) {
    self.path = path
    do throws(SystemError) {
      descriptor = try openDescriptor(path: path, flags: O_RDWR)
      let count = cp_gpio_lines(descriptor.raw)
      guard count >= 0 else { throw .last(.ioctl) }
      lineCount = Int(count)
    } catch {
      throw .from(error, chip: path)
    }
  }

  /// The program that has a line, by the name it gave; nil when the line is free.
  package func holder(of line: Int) -> String? {
    guard 0..<lineCount ~= line else { return nil }
    var name = InlineArray<32, CChar>(repeating: 0)
    var span = name.mutableSpan
    return span.withUnsafeMutableBufferPointer { bytes in
      guard cp_gpio_holder(descriptor.raw, UInt32(line), bytes.baseAddress!) == 1 else {
        return nil
      }
      return String(cString: bytes.baseAddress!)
    }
  }

  fileprivate func request(_ address: GPIOAddress, _ level: Bool) throws(GPIOError) -> Int32 {
    guard 0..<lineCount ~= address.line else {
      throw .noLine(chip: path, line: address.line, count: lineCount)
    }
    let raw = cp_gpio_output(
      descriptor.raw, UInt32(address.line), address.isActiveLow ? 1 : 0, level ? 1 : 0)
    if raw >= 0 {
      _ = cp_fcntl(raw, F_SETFD, FD_CLOEXEC)
      return raw
    }
    let error = SystemError.last(.ioctl)
    guard error.code == EBUSY else { throw .from(error, chip: path) }
    throw .busy(chip: path, line: address.line, holder: holder(of: address.line) ?? "")
  }
}

extension GPIOError {
  fileprivate static func from(_ error: SystemError, chip: String) -> GPIOError {
    switch error.code {
    case ENOENT, ENOTDIR, ENXIO: .missing(chip: chip)
    case EACCES, EPERM: .notPermitted(chip: chip)
    case ENOTTY, EISDIR, EINVAL: .notChip(chip: chip)
    case ENODEV: .gone(chip: chip)
    default: .system(chip: chip, error)
    }
  }
}
