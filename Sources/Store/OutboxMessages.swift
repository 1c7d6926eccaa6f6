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
      case .held:
        "another process is writing to it; an agent that has it would answer at the socket beside it"
      case .replaced: "was begun anew meanwhile; the next try takes the new one"
      case .silent: "the agent that has it does not answer; look at its log"
      case .logFull: "a reader has held its log for too long; end that program"
      }
    }
  }
}
