import CPlatform
import Testing

@testable import SensorIO
@testable import System
import TestSupport

/// Goal: a recording is read row by row in bounded memory, and its mistakes are reported with their
/// place.
/// Method: small files with each mistake, one longer than the buffer, and real recordings.
@Suite struct RecordingReaderTests {
  let folder = TestFolder()

  private func rows(_ reader: RecordingReader) throws -> [[Float]] {
    var rows: [[Float]] = []
    var values = [Float](repeating: 0, count: reader.columns.count)
    while try values.withUnsafeMutableBufferPointer({ try reader.next(into: $0) }) {
      rows.append(values)
    }
    return rows
  }

  @Test(arguments: [
    "a, b\n1,2\n3,4\n", "a,b\r\n\r\n1,2\r\n3,4", " a ,\tb\n\n1, 2\n\n3,4\n\n",
    "\u{FEFF}a,b\n1,2\n \t\n3,4\n",
  ])
  func `reads names and rows`(text: String) throws {
    let reader = try RecordingReader(path: try folder.file("recording", text))
    #expect(reader.columns == ["a", "b"])
    #expect(try rows(reader) == [[1, 2], [3, 4]])
    #expect(try rows(reader).isEmpty)
  }

  @Test(arguments: [
    ("", RecordingError.headerMissing), ("\n\n", .headerMissing),
    ("a,,b\n", .header(.nameEmpty(field: 1))), ("a,b,a\n", .header(.nameRepeated(field: 2))),
    ("a,b\n1,2\n\n3\n", .row(line: 4, .fieldCount(expected: 2, found: 1))),
    ("a,b\n1,x", .row(line: 2, .dropped(field: 1, .text))),
    ("a\n1\n" + String(repeating: "2", count: 513), .lineTooLong(line: 3, bytesMax: 512)),
  ])
  func `places its mistakes`(text: String, fault: RecordingError) throws {
    let path = try folder.file("recording", text)
    #expect(throws: fault) { try rows(RecordingReader(path: path)) }
  }

  @Test func `goes on after a bad row`() throws {
    let reader = try RecordingReader(path: try folder.file("recording", "a\n1\nx\n3\n"))
    #expect(throws: RecordingError.row(line: 3, .noValue(.text))) { try rows(reader) }
    #expect(try rows(reader) == [[3]])
  }

  @Test func `is bounded by its lines, not its length`() throws {
    let lines = (0..<5000).map { "\($0),\($0 / 2)" }
    let text = "n,half\n" + lines.joined(separator: "\n")
    let path = "\(folder.path)/long"
    let writer = Descriptor(owning: cp_open(path, O_WRONLY | O_CREAT, 0o600))
    try writer.send(Array(text.utf8))
    let rows = try rows(RecordingReader(path: path))
    #expect(rows.count == 5000 && rows[4999] == [4999, 2499])
  }

  @Test func `says when there is none`() {
    let path = "\(folder.path)/missing"
    #expect(throws: RecordingError.port(.missing(path: path))) { try RecordingReader(path: path) }
  }

  @Test(.enabled(if: SharedMaterial.mayUse("data/falls"), SharedMaterial.comment))
  func `reads real recordings`() throws {
    let falls = try SharedMaterial.path("data/falls")
    var (files, samples) = (0, 0)
    for name in names(in: falls) where name.hasPrefix("s01-") {
      let reader = try RecordingReader(path: "\(falls)/\(name)")
      #expect(reader.columns == ["ax", "ay", "az", "wx", "wy", "wz"], "\(name)")
      samples += try rows(reader).count
      files += 1
    }
    print("recordings: \(files) files, \(samples) samples")
    #expect(files > 0 && samples > files)
  }
}
