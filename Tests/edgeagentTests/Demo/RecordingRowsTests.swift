import Testing

@testable import SensorIO
import TestSupport
@testable import edgeagent

/// Goal: a recording's rows come in the order of the sensor's fields, and what does not fit them is
/// named with its file and line.
@Suite struct RecordingRowsTests {
  let folder = TestFolder()

  private func rows(_ text: String, fields: [String]) throws -> [[Float]] {
    let path = try folder.file("recording.csv", Array(text.utf8))
    let reader = try RecordingRows(path, fields: fields.map { FieldSettings(name: $0) })
    var rows: [[Float]] = []
    while try reader.next() { rows.append(Array(reader.row)) }
    return rows
  }

  private func failure(_ text: String, fields: [String] = ["a"]) -> String? {
    do {
      _ = try rows(text, fields: fields)
      return nil
    } catch {
      return (error as? Failure)?.lines.joined(separator: "; ")
    }
  }

  @Test func `columns find their fields by name`() throws {
    let text = "time,b,a\n1,2,3\n4,5,6\n"
    #expect(try rows(text, fields: ["a", "b"]) == [[3, 2], [6, 5]])
    #expect(try rows(text, fields: ["b"]) == [[2], [5]])
    #expect(try rows("a\n", fields: ["a"]) == [])
  }

  @Test func `what is wrong is named with its place`() {
    #expect(failure("b,c\n1,2\n")?.hasSuffix("no column \"a\"; it has \"b\", \"c\"") == true)
    #expect(failure("a\n1\nx\n")?.contains("line 3: column 1 is not a number") == true)
    #expect(failure("a\n1\n1,2\n")?.contains("line 3: 2 columns, the header names 1") == true)
    #expect(failure("")?.contains("no header") == true)
    do {
      _ = try RecordingRows("\(folder.path)/missing", fields: [])
      Issue.record("opened")
    } catch {
      #expect(error.exitCode == 1 && error.lines[0].contains("no such"))
    }
  }
}
