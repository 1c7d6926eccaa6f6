import CPlatform
import TestSupport
import Testing

@testable import System

/// Goal: what is no GPIO line says so with a remedy; a line is let go of with its object.
/// Method: files that are no chips, and a driver that writes down what it is asked. The layout of
/// the kernel's structures is checked where they are compiled.
@Suite struct GPIOLineTests {
  let folder = TestFolder()

  private func fault(_ chip: String, _ line: Int = 0) -> GPIOError? {
    do throws(GPIOError) {
      _ = try GPIOLine(GPIOAddress(chip: chip, line: line, isActiveLow: false), level: true)
      return nil
    } catch {
      return error
    }
  }

  @Test func `what is no chip is named`() throws {
    #expect(fault("\(folder.path)/none") == .missing(chip: "\(folder.path)/none"))
    #expect(fault("/dev/null") == .notChip(chip: "/dev/null"))
    #expect(fault(folder.path) == .notChip(chip: folder.path))
    let file = try folder.file("file", "x")
    #expect(fault(file) == .notChip(chip: file))
  }

  @Test func `every fault names the place and a remedy`() {
    let chip = "/dev/gpiochip9"
    let faults: [GPIOError] = [
      .missing(chip: chip), .notPermitted(chip: chip), .notChip(chip: chip),
      .noLine(chip: chip, line: 99, count: 54), .busy(chip: chip, line: 4, holder: "w1"),
      .busy(chip: chip, line: 4, holder: ""), .gone(chip: chip),
      .system(chip: chip, SystemError(call: .ioctl, code: EIO)),
    ]
    for fault in faults {
      #expect(fault.message.hasPrefix("\(chip): "))
      #expect(fault.message.utf8.count > chip.utf8.count + 10)
    }
    #expect(faults[3].message.contains("99") && faults[3].message.contains("54"))
    #expect(faults[4].message.contains("w1"))
  }

  @Test func `a line keeps its level until its object goes`() throws {
    let log = Log()
    let driver = GPIODriver(
      request: { (address, level) throws(GPIOError) in
        log.lines.append("request \(address.line) \(level)")
        return 7
      },
      set: { descriptor, level in
        log.lines.append("set \(descriptor) \(level)")
        return ENODEV
      },
      release: { log.lines.append("release \($0)") })
    var line: GPIOLine? = try GPIOLine(
      GPIOAddress(chip: "chip", line: 3, isActiveLow: true), level: true, driver: driver)
    #expect(line?.set(false) == ENODEV)
    line = nil
    #expect(log.lines == ["request 3 true", "set 7 false", "release 7"])
  }

  private final class Log: @unchecked Sendable {
    var lines: [String] = []
  }
}
