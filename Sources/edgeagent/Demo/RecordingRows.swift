import SensorIO
import Text

/// Reads a recording's rows in the order of a sensor's fields. The columns may have any order.
final class RecordingRows {
  private let path: String
  private let reader: RecordingReader
  private let values: UnsafeMutableBufferPointer<Float>
  /// The column of each field.
  private let columns: [Int]
  private let ordered: UnsafeMutableBufferPointer<Float>

  /// The last row, in the order of the fields.
  var row: UnsafeBufferPointer<Float> { UnsafeBufferPointer(ordered) }

  init(_ path: String, fields: [FieldSettings]) throws(Failure) {
    self.path = path
    do throws(RecordingError) {
      reader = try RecordingReader(path: path)
    } catch {
      throw .failed("\(path): \(error.message)")
    }
    var columns: [Int] = []
    for field in fields {
      guard let column = reader.columns.firstIndex(of: field.name) else {
        throw .failed(
          "\(path): no column \"\(field.name)\"; it has \(reader.columns.quotedList)")
      }
      columns.append(column)
    }
    self.columns = columns
    values = .allocate(capacity: reader.columns.count)
    values.initialize(repeating: 0)
    ordered = .allocate(capacity: fields.count)
    ordered.initialize(repeating: 0)
  }

  deinit {
    values.deallocate()
    ordered.deallocate()
  }

  /// - Returns: false at the end.
  func next() throws(Failure) -> Bool {
    do throws(RecordingError) {
      guard try reader.next(into: values) else { return false }
    } catch {
      throw .failed("\(path): \(error.message)")
    }
    for field in columns.indices { ordered[field] = values[columns[field]] }
    return true
  }
}
