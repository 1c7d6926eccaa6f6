import Testing

@testable import SensorIO
import TestSupport

/// Goal: what real devices send becomes the frames that they meant.
/// Method: the cases of the shared folder, each with its framing; a frame's numbers are read here
/// and compared with the case's samples, whole and byte by byte.
@Suite(.enabled(if: SharedMaterial.mayUse("cases"), SharedMaterial.comment))
struct FramingCasesTests {
  /// A number of a frame.
  struct Number: Sendable {
    enum Kind { case int16, int16Big, uint16, int32, uint8, float32 }
    let kind: Kind
    let at: Int
    var scale = 1.0
    var offset = 0.0

    func value(_ frame: [UInt8]) -> Double {
      func bits(_ count: Int) -> UInt32 {
        (0..<count).reversed().reduce(0) { $0 << 8 | UInt32(frame[at + $1]) }
      }
      let raw: Double =
        switch kind {
        case .int16: Double(Int16(truncatingIfNeeded: bits(2)))
        case .int16Big: Double(UInt16(truncatingIfNeeded: bits(2)).byteSwapped)
        case .uint16: Double(bits(2))
        case .int32: Double(Int32(bitPattern: bits(4)))
        case .uint8: Double(bits(1))
        case .float32: Double(Float(bitPattern: bits(4)))
        }
      return raw * scale + offset
    }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let folder: String
    let framings: [FramingSettings]
    /// For each framing; with their columns in the samples' file.
    let numbers: [[(Int, Number)]]
    var testDescription: String { folder }

    init(_ folder: String, _ framings: [FramingSettings], _ numbers: [[(Int, Number)]]) {
      (self.folder, self.framings, self.numbers) = (folder, framings, numbers)
    }

    /// One framing, whose numbers are the columns.
    init(_ folder: String, _ framing: FramingSettings, _ numbers: [Number]) {
      self.init(folder, [framing], [numbers.enumerated().map { ($0, $1) }])
    }
  }

  private static func words(
    _ kind: Number.Kind, _ count: Int, from: Int = 0, size: Int = 2, scale: Double = 1
  ) -> [Number] {
    (0..<count).map { Number(kind: kind, at: from + size * $0, scale: scale) }
  }

  private static func prefixed(_ folder: String, _ numbers: [Number], bytes: Int = 1) -> Case {
    let last = numbers.last!
    let count = last.at + (last.kind == .float32 ? 4 : 2)
    let framing = FramingSettings.packet(
      .lengthPrefixed(
        prefixBytes: bytes, check: FrameCheck(.crc16Modbus), contentBytes: count...count))
    return Case("length-resync/" + folder, framing, numbers)
  }

  /// A caller that does not know the decoder's size.
  private static func wide(_ folder: String, bytes: Int) -> Case {
    let framing = FramingSettings.packet(
      .lengthPrefixed(prefixBytes: bytes, check: FrameCheck(.crc16Modbus)))
    return Case("length-resync/" + folder, framing, words(.int16, 6, scale: 0.001))
  }

  private static let lengths: [Case] = [
    prefixed("float32x1", words(.float32, 1, size: 4)),
    prefixed("float32x6", words(.float32, 6, size: 4)),
    prefixed("int16x3", words(.int16, 3, scale: 0.001)),
    prefixed("int16x6", words(.int16, 6, scale: 0.001)),
    prefixed("int16x6-moving", words(.int16, 6, scale: 0.001)),
    prefixed("pause", words(.int16, 6, scale: 0.001)),
    prefixed("stray-0", words(.int16, 6, scale: 0.001)),
    prefixed("stray-255", words(.int16, 6, scale: 0.001)),
    prefixed("stray-1000", words(.int16, 6, scale: 0.001), bytes: 2),
    wide("int16x6", bytes: 1), wide("int16x6-moving", bytes: 1), wide("stray-0", bytes: 1),
    wide("stray-255", bytes: 1), wide("stray-1000", bytes: 2), wide("pause", bytes: 1),
  ]

  private static let presets: [Case] =
    ["clean-air", "lost", "flipped", "garbage"].map {
      Case("pms5003/" + $0, .packet(.pms5003), words(.int16Big, 4, from: 10))
    } + [
      Case("sds011", .packet(.sds011), words(.uint16, 2, from: 2, scale: 0.1)),
      Case(
        "mhz19", .packet(.mhz19),
        [Number(kind: .int16Big, at: 2), Number(kind: .uint8, at: 4, offset: -40)]),
      Case(
        "imu-0x55", [0x51, 0x52, 0x53].map { .packet(.witmotion(kind: $0)) },
        [16.0, 2000, 180].enumerated().map { kind, range in
          words(.int16, 3, from: 2, scale: range / 32_768).enumerated().map {
            (1 + 3 * kind + $0, $1)
          }
        }),
      Case(
        "nmea-and-ubx", [.packet(.ubx(class: 1, id: 2)), .nmea(NMEASettings(sentence: "RMC"))],
        [
          [
            (1, Number(kind: .int32, at: 8, scale: 1e-7)),
            (2, Number(kind: .int32, at: 4, scale: 1e-7)),
            (3, Number(kind: .int32, at: 16, scale: 1e-3)),
            (4, Number(kind: .int32, at: 20, scale: 1e-3)),
          ], [],
        ]),
    ]

  private static let delimited: [Case] = [
    Case("slip", .slip(FrameCheck(.crc16Modbus)), words(.int16, 4, scale: 0.1)),
    Case("hdlc-shared-flag", .hdlc(.hdlcDefault), words(.int16, 3, from: 2, scale: 0.01)),
  ]

  @Test(arguments: lengths + presets + delimited)
  func `the frames are those that were meant`(item: Case) throws {
    let expected = try Expectation(item.folder)
    for chunk in [1, .max] {
      let reader = FrameReader(item.framings)
      let frames = try Self.play(item.folder, reader, chunk: chunk)
      let rows = frames.map { frame in
        item.numbers[frame.framing].map { (column: $0, value: $1.value(frame.bytes)) }
      }
      expected.expect(rows, faults: reader.counters.faults)
    }
  }

  @Test(arguments: [("253", 1, 126), ("254", 0, 127), ("255", 1, 127), ("508", 0, 254)])
  func `COBS at its edges`(folder: String, skipped: Int, count: Int) throws {
    let expected = try Expectation("cobs-254/\(folder)")
    let reader = FrameReader(.cobs(nil))
    let frames = try Self.play("cobs-254/\(folder)", reader, chunk: 7)
    #expect(frames.count == 8)
    let numbers = Self.words(.int16, count, from: skipped)
    let rows = frames.flatMap { frame in
      numbers.map { [(column: 0, value: $0.value(frame.bytes))] }
    }
    expected.expect(rows, faults: reader.counters.faults)
  }

  @Test func `line over a pause: nothing that nobody sent`() throws {
    let expected = try Expectation("line-over-a-pause")
    let reader = FrameReader(.line(LineSettings()))
    let frames = try Self.play("line-over-a-pause", reader, chunk: .max)
    let rows = frames.map {
      [(column: 0, value: number(String(decoding: $0.bytes, as: UTF8.self)))]
    }
    expected.expect(rows, faults: reader.counters.faults + reader.counters.halfFrames)
  }

  @Test(arguments: ["GGA", "RMC"])
  func `NMEA: each broken sentence costs itself alone`(sentence: String) throws {
    let reader = FrameReader(.nmea(NMEASettings(sentence: Array(sentence.utf8))))
    let frames = try Self.play("nmea-gga-rmc", reader, chunk: 11)
    let bodies = frames.map { String(decoding: $0.bytes, as: UTF8.self) }
    #expect(bodies.allSatisfy { $0.dropFirst(2).hasPrefix(sentence) })
    // A minute, and four broken of all that was sent.
    #expect((56...60).contains(frames.count) && reader.counters.faults == 4)
  }

  @Test(arguments: ["lf-cr", "cr-cr-lf", "nul", "bom", "flow-control", "cr-declared"])
  func `line ends of every kind are a hundred lines`(folder: String) throws {
    let reader = FrameReader(.line(LineSettings()))
    #expect(try Self.play("line-ends/\(folder)", reader, chunk: 13).count == 100)
    #expect(reader.counters.faults == 0)
  }

  /// Sends a case's bytes, with the pauses that it tells.
  private static func play(
    _ folder: String, _ reader: FrameReader, chunk: Int
  ) throws -> [TaggedFrame] {
    let path = try SharedMaterial.path("cases/\(folder)")
    let input = names(in: path).first { $0.hasPrefix("input.") && !$0.contains("times") }!
    let bytes = try contents(of: "\(path)/\(input)")
    var frames: [TaggedFrame] = []
    guard names(in: path).contains("input.times.csv") else {
      frames = reader.tagged(of: bytes) { chunk }
      reader.pause { frames.append(TaggedFrame($1, Array($0))) }
      return frames
    }
    var latest = 0
    for line in try lines(of: "\(path)/input.times.csv").dropFirst() {
      let cells = line.split(separator: ",").map { Int($0)! }
      if cells[0] - latest >= 1000 {
        reader.pause { frames.append(TaggedFrame($1, Array($0))) }
      }
      latest = cells[0]
      frames += reader.tagged(of: Array(bytes[cells[1]..<cells[2]])) { chunk }
    }
    return frames
  }
}

private func lines(of path: String) throws -> [String] {
  String(decoding: try contents(of: path), as: UTF8.self).split(separator: "\n").map(String.init)
}

private func number(_ text: String) -> Double { Double(text) ?? .nan }

/// What a case's files say is right.
private struct Expectation {
  /// Nil where a cell is empty.
  private var rows: [[Double?]] = []
  private var optional: Set<Int> = []
  private var faults: ClosedRange<Int>?
  private let folder: String

  init(_ folder: String) throws {
    self.folder = folder
    let path = try SharedMaterial.path("cases/\(folder)")
    rows = try lines(of: "\(path)/expect.csv").dropFirst().map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    }
    for line in try lines(of: "\(path)/expect.txt") {
      let words = line.split(separator: " ")
      if words.starts(with: ["optional", "row"]) { optional.insert(Int(words[2])! - 1) }
      if words[0] == "bad_frames" {
        let ends = words[1].split(separator: ".").map { Int($0)! }
        faults = ends[0]...ends[ends.count - 1]
      }
    }
  }

  func expect(_ found: [[(column: Int, value: Double)]], faults count: UInt64) {
    // The rows that may be the next, since some may be missing and many are alike.
    var places: Set<Int> = [0]
    for (index, row) in found.enumerated() {
      let next = Set(
        skipping(places).filter { $0 < rows.count && agrees(row, rows[$0]) }.map { $0 + 1 })
      #expect(!next.isEmpty, "\(folder): frame \(index + 1) of \(found.count): \(row)")
      if next.isEmpty { return }
      places = next
    }
    #expect(
      skipping(places).contains(rows.count), "\(folder): \(found.count) of \(rows.count) rows")
    if let faults { #expect(faults.contains(Int(count)), "\(folder)") }
    print("\(folder): \(found.count) of \(rows.count) samples, \(count) faults")
  }

  private func skipping(_ places: Set<Int>) -> Set<Int> {
    var all = places
    for place in places {
      var next = place
      while optional.contains(next) {
        next += 1
        all.insert(next)
      }
    }
    return all
  }

  private func agrees(_ row: [(column: Int, value: Double)], _ expected: [Double?]) -> Bool {
    row.allSatisfy { column, value in
      guard let right = expected[column] else { return false }
      return abs(value - right) <= max(1e-6, 1e-6 * abs(right))
    }
  }
}
