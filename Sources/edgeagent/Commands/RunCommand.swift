import Config
import Core
import System

/// `run`: the core.
enum RunCommand {
  static func execute(_ words: [String]) throws(Failure) {
    let path: String
    do throws(UsageError) {
      let arguments = try Arguments(words, valued: ["--config"])
      try arguments.noOperand()
      path = try arguments.required("--config")
    } catch {
      throw .usage(error, .run)
    }
    let configuration = try Self.configuration(path)
    do throws(StartError) {
      Log.write(.notice, try Agent(configuration).run())
    } catch {
      throw Failure(exitCode: error.exitCode, lines: error.lines)
    }
  }

  static func configuration(_ path: String) throws(Failure) -> Configuration {
    do throws(ConfigurationError) {
      return try Configuration.load(path)
    } catch {
      throw .configuration(error.messages)
    }
  }
}
