import System
import Text

extension RecordingError {
  package var message: String {
    @export(interface)
    get {
      switch self {
      case .port(let error): error.message
      case .system(let error): error.message
      case .headerMissing: "no header; the first line must name the columns"
      case .header(let error): "header: \(error.message)"
      case .lineTooLong(let line, let bytesMax): "line \(line) is longer than \(bytesMax) bytes"
      case .row(let line, .dropped(let column, let fault)):
        "line \(line): column \(column + 1) \(fault.message)"
      case .row(let line, .noValue(let fault)): "line \(line): column 1 \(fault.message)"
      case .row(let line, .fieldCount(let expected, let found)):
        "line \(line): \(Decimal.count(found, "column")), the header names \(expected)"
      case .row(let line, _): "line \(line) is not a row of finite numbers"
      }
    }
  }
}
