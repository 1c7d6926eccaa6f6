import TestSupport
import Testing

@testable import Config
@testable import System
@testable import Text

/// Goal: no number in a configuration ends the process: it is taken, or it is a fault.
/// Method: each number of each example, also those in texts such as "20ms", is replaced by extreme
/// ones in turn. An overflow would end the test's process.
@Suite struct ExtremeNumbersTests {
  private static let numbers = [
    "0", "-1", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "1e308",
    "1e-308", "nan", "-inf", "4294967296", "65536", "1000000000000000000",
  ]

  private static let examples: [String] = {
    let root = Repository.path("examples")
    var found: [String] = []
    for folder in [root] + ((try? Files.names(in: root)) ?? []).map({ "\(root)/\($0)" }) {
      for name in (try? Files.names(in: folder)) ?? [] where name.hasSuffix(".toml") {
        found.append("\(folder)/\(name)")
      }
    }
    return found.sorted()
  }()

  @Test func `there are examples`() { #expect(Self.examples.count >= 20) }

  @Test(arguments: examples)
  func `each number of each example may be any number`(path: String) throws {
    let text = try Files.read(path, bytesMax: TOMLLimits.documentBytesMax)
    var (start, turn) = (0, 0)
    while start < text.count {
      guard Digits.isDecimal(text[start]) else {
        start += 1
        continue
      }
      let end = text[start...].firstIndex { !Digits.isDecimal($0) && $0 != 0x2E } ?? text.count
      for step in 0..<2 {
        let number = Self.numbers[(turn + step) % Self.numbers.count]
        let bytes = Array(text[..<start]) + Array(number.utf8) + Array(text[end...])
        let source = ConfigurationSource(file: path, bytes: bytes)
        do throws(ConfigurationError) {
          let found = try Configuration.parse([source])
          for sensor in found.sensors { _ = (sensor.periodNanoseconds, sensor.rateHertz) }
        } catch {
          #expect(error.messages.allSatisfy { !$0.isEmpty })
        }
      }
      (start, turn) = (end, turn + 2)
    }
  }

  @Test(arguments: ["0", "1", "9223372036854775807", "9223372036854775808", "999999999999999999"])
  func `quantities take any count`(count: String) {
    for unit in ["ns", "us", "ms", "s", "m", "h", "d", ""] {
      if let found = DurationText.nanoseconds(count + unit) {
        #expect(!DurationText.text(nanoseconds: found).isEmpty)
      }
    }
    for unit in ["KiB", "MiB", ""] {
      if let found = MemoryText.bytes(count + unit) {
        #expect(!MemoryText.text(bytes: found).isEmpty)
      }
    }
  }
}
