import COpenSSL
import CSQLite
import EdgeRuntime
import System
import Text

/// `version`: tells the version of this executable and the operators that it can run.
enum VersionCommand {
  static func execute(_ words: [String]) throws(Failure) {
    do throws(UsageError) {
      let arguments = try Arguments(words, flags: ["--json"])
      try arguments.noOperand()
      Terminal.write(arguments.has("--json") ? json : text)
    } catch {
      throw .usage(error, .version)
    }
  }

  private static var text: String {
    "edgeagent \(SemanticVersion.agent.text), \(kernelName()) kernels\n"
      + "SQLite \(sqlite), \(openSSL)\n"
      + "operators: \(OperatorName.supported.joined(separator: " "))\n"
  }

  private static var sqlite: String { String(cString: sqlite3_libversion()) }
  private static var openSSL: String { String(cString: co_version()) }

  private static var json: String {
    JSONWriter.text { writer in
      writer.member("name", "edgeagent")
      writer.member("version", SemanticVersion.agent.text)
      writer.member("kernel", kernelName())
      writer.member("sqlite", sqlite)
      writer.member("openssl", openSSL)
      writer.member("operators", OperatorName.supported)
    } + "\n"
  }
}
