import CPlatform
import CSQLite

extension OutboxError {
  package var message: String {
    @export(interface)
    get {
      switch self {
      case .sqlite(let code, let system):
        String(cString: sqlite3_errstr(code))
          + (system == 0 ? "" : " (\(String(cString: cp_error_text(system))))")
      case .foreign: "is a database of another program"
      case .newer(let version):
        "was written by a later version (schema \(version), this one knows "
          + "\(OutboxSchema.version))"
      case .empty: "holds nothing yet; the agent makes it when it first runs with [store]"
      case .logFull: "a reader has held its log for too long; end that program"
      }
    }
  }
}
