import TestSupport
import Testing

@testable import Config
@testable import SensorIO

/// Goal: the table that is written for what a wire carries reads that wire.
/// Method: each wire of the shared cases: find, write, parse, and decode the same bytes; and tables
/// with every key, parsed back.
@Suite struct SensorTableTests {
  /// Wires that cannot be found by their bytes, and why.
  private static let unknowable = [
    "audio-odd-byte/input.bin": "raw audio has neither marks nor checks, and no silences",
    "can-signals/input.csv": "a listing for people, no wire",
  ]
  /// Wires of which a tenth or more is no frame: that is what the case is about.
  private static let broken = ["esp-boot-log/input.csv", "mhz19/input.bin"]

  private static let wires: [String] = {
    guard let root = try? SharedMaterial.path("cases") else { return [] }
    var wires: [String] = []
    func look(_ folder: String) {
      for name in names(in: "\(root)/\(folder)") where !name.hasPrefix(".") {
        let path = folder.isEmpty ? name : "\(folder)/\(name)"
        if name.hasPrefix("input"), !name.hasSuffix(".times.csv") {
          wires.append(path)
        } else if !name.contains(".") {
          look(path)
        }
      }
    }
    look("")
    return wires.filter { unknowable[$0] == nil }
  }()

  /// The bytes with the times of the case, or 48 of them each millisecond.
  private static func capture(_ wire: String, keepsMessages: Bool) throws -> WireCapture {
    let path = try SharedMaterial.path("cases/\(wire)")
    let bytes = try contents(of: path)
    var capture = WireCapture(keepsMessages: keepsMessages)
    let stem = path[..<(path.lastIndex(of: ".") ?? path.endIndex)]
    if let table = try? contents(of: "\(stem).times.csv") {
      for row in String(decoding: table, as: UTF8.self).split(separator: "\n").dropFirst() {
        let numbers = row.split(separator: ",").compactMap { Int($0.trimming) }
        bytes[numbers[1]..<numbers[2]].withUnsafeBytes {
          capture.append($0, at: Int64(numbers[0]) * 1_000_000)
        }
      }
    } else {
      for start in stride(from: 0, to: bytes.count, by: 48) {
        bytes[start..<min(start + 48, bytes.count)].withUnsafeBytes {
          capture.append($0, at: Int64(start / 48) * 1_000_000)
        }
      }
    }
    return capture
  }

  private static func parse(_ tables: String) throws -> [SensorSettings] {
    let source = ConfigurationSource(file: "sniffed.toml", bytes: Array(tables.utf8))
    return try Configuration.parse([source]).sensors
  }

  @Test(.enabled(if: SharedMaterial.mayUse("cases"), SharedMaterial.comment), arguments: wires)
  func `the table that is found reads the wire of a case`(wire: String) throws {
    let isCAN = wire.hasPrefix("can-")
    let capture = try Self.capture(wire, keepsMessages: false)
    let hypotheses = WireFinder.find(in: capture, known: KnownDevice.presets, isCAN: isCAN)
    let found = try #require(hypotheses.first, "nothing found")
    let port: PortAddress =
      isCAN ? .can(interface: "can0") : .serial(path: "/dev/ttyUSB0", SerialSettings())
    let text = found.sensors.enumerated()
      .map { SensorTable($1, name: "s\($0)", port: port).text }.joined(separator: "\n")
    let sensors = try Self.parse(text)
    #expect(sensors.map { $0.framing } == found.sensors.map { $0.framing }, "\(text)")
    #expect(sensors.map { $0.decoding } == found.sensors.map { $0.decoding }, "\(text)")
    #expect(sensors.map { $0.fields } == found.sensors.map { $0.fields }, "\(text)")
    let read = sensors.map {
      FoundSensor(framing: $0.framing, decoding: $0.decoding, fields: $0.fields, can: $0.can)
    }
    let trial = try #require(WireTrial(read, on: capture))
    let samples = trial.sensors.reduce(0) { $0 + $1.samples }
    let bad = trial.sensors.reduce(0) { $0 + $1.badFrames }
    print("\(wire): \(found.proof) \(found.explained) samples \(samples) bad \(bad)\n\(text)")
    if Self.broken.contains(wire) { return }
    #expect(Double(samples) >= 0.9 * Double(samples + bad), "\(text)")
    // Of the bytes, since bad frames may be long.
    #expect(trial.explained >= 0.85, "\(text)")
  }
}

extension Substring {
  fileprivate var trimming: String { String(filter { !$0.isWhitespace }) }
}
