import CPlatform
import Testing

@testable import SensorIO
import TestSupport

/// One run of a case of the shared folder: its input, the samples that are right, and what must
/// hold besides. The README of the cases says what the files mean.
struct SensorCase {
  let path: String
  /// The header of `expect.csv`, and its rows; nil in a cell without a value.
  let columns: [String]
  let rows: [[String?]]
  private let lines: [[Substring]]

  init(_ name: String) throws {
    path = try SharedMaterial.path("cases/\(name)")
    let expected = text(of: try contents(of: "\(path)/expect.csv")).split(separator: "\n")
    columns = expected[0].split(separator: ",").map(String.init)
    rows = expected.dropFirst().map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).map {
        $0.isEmpty ? nil : String($0)
      }
    }
    lines = text(of: try contents(of: "\(path)/expect.txt")).split(separator: "\n").map {
      $0.split(separator: " ")
    }
  }

  func input(_ name: String) throws -> [UInt8] { try contents(of: "\(path)/\(name)") }

  /// The samples of one kind of frames, in the order of these fields.
  func expected(frame: String? = nil, fields: [String]) -> [[Double?]] {
    let places = fields.map { columns.firstIndex(of: $0)! }
    return rows.filter { frame == nil || $0[0] == frame }.map { row in
      places.map { row[$0].flatMap { Double($0) } }
    }
  }

  /// Checks the samples and the counters that the case names, for these fields.
  func check(_ decoder: SampleDecoder, fields: [String], samples: [[Float?]], expected: [[Double?]])
  {
    #expect(samples.count == expected.count, "\(path)")
    for (row, (sample, expected)) in zip(samples, expected).enumerated() {
      for (field, (value, expected)) in zip(sample, expected).enumerated() {
        let isRight =
          switch (value, expected) {
          case (let value?, let expected?):
            abs(Double(value) - expected) <= 1e-6 * max(1, abs(expected))
          default: (value == nil) == (expected == nil)
          }
        #expect(isRight, "\(path) row \(row + 1) \(fields[field])")
      }
    }
    for line in lines where line.first == "never" {
      guard let field = fields.firstIndex(of: String(line[1])) else { continue }
      #expect(samples.allSatisfy { $0[field] != Float(line[2]) }, "\(path) \(line)")
    }
  }

  /// The count that the case wants of a field's faults; nil when it does not say.
  func faults(_ field: String, _ kind: FieldFault) -> Int? {
    for line in lines where line.starts(with: ["fault", "field"]) {
      if line[2] == field, line[3] == kind.word { return Int(line[4]) }
    }
    return nil
  }

  func badFrames() throws -> ClosedRange<Int> {
    let line = try #require(lines.first { $0.first == "bad_frames" })
    let bounds = line[1].split(separator: ".").compactMap { Int($0) }
    return bounds[0]...bounds[bounds.count - 1]
  }
}

func text(of bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

/// The frames of a text: what is between two ends of lines.
func lines(_ bytes: [UInt8], end: UInt8 = 0x0A) -> [[UInt8]] {
  bytes.split(separator: end).map { Array($0) }
}
