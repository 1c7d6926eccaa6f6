import Config
import Store
import System
import Text

/// `store`: tells what the outbox holds and whether it is sound, and gives its records to a file or
/// a server.
enum StoreCommand {
  enum Action: String, CommandAction {
    case info, verify, export, drain, send, retry

    var usage: String {
      switch self {
      case .info, .verify, .retry: "\(rawValue) \(Self.outbox) [--json]"
      case .export: "export \(Self.outbox)"
      case .drain: "drain \(Self.outbox) --output FILE"
      case .send: "send \(StoreSend.usage)"
      }
    }

    private static let outbox = "(--config FILE | --store FILE)"
  }

  static func execute(_ words: [String]) throws(Failure) {
    let action: Action
    do throws(UsageError) {
      action = try Action(words)
    } catch {
      throw .usage(error, .store)
    }
    switch action {
    case .info:
      let (path, arguments) = try outbox(words, action)
      let survey = try asked(path) { () throws(OutboxError) in try OutboxSurvey(path) }
      Terminal.write(text(survey, path, asJSON: arguments.has("--json")))
    case .verify:
      let (path, arguments) = try outbox(words, action)
      let check = try asked(path) { () throws(OutboxError) in try OutboxCheck(path) }
      Terminal.write(text(check, path, asJSON: arguments.has("--json")))
      guard check.problems.isEmpty else {
        throw Failure(exitCode: 1, lines: check.problems.map { "\(path): \($0)" })
      }
    case .export:
      let (path, _) = try outbox(words, action)
      let export = try asked(path) { () throws(OutboxError) in try OutboxExport(path) }
      while let page = try asked(path, { () throws(OutboxError) in try export.next() }) {
        Terminal.write(page)
      }
    case .drain:
      let (path, arguments) = try outbox(words, action)
      try move(path, to: arguments.value("--output")!)
    case .retry:
      let (path, arguments) = try outbox(words, action)
      try retry(path, arguments)
    case .send: try StoreSend.execute(Array(words.dropFirst()))
    }
  }

  /// The path of the outbox that an action is about, and the action's options. All options are
  /// checked before the configuration is read.
  private static func outbox(
    _ words: [String], _ action: Action
  ) throws(Failure) -> (path: String, Arguments) {
    let arguments: Arguments
    do throws(UsageError) {
      let flags = action == .export || action == .drain ? [] : ["--json"]
      let valued = ["--config", "--store"] + (action == .drain ? ["--output"] : [])
      arguments = try Arguments(Array(words.dropFirst()), flags: flags, valued: valued)
      try arguments.noOperand()
      if action == .drain { _ = try arguments.required("--output") }
      if arguments.value("--store") == nil { _ = try arguments.required("--config") }
    } catch {
      throw .usage(error, .store, words)
    }
    return (try path(arguments), arguments)
  }

  /// Writes all records to a new file. Then it deletes from the outbox those that are on the disk.
  private static func move(_ path: String, to file: String) throws(Failure) {
    let drain = try drain(path)
    let export = try asked(path) { () throws(OutboxError) in try OutboxExport(path) }
    var isFirst = true
    while let page = try asked(path, { () throws(OutboxError) in try export.next() }) {
      do throws(Files.Failure) {
        let bytes = Array(page.utf8)
        if isFirst {
          try Files.create(file, bytes, mode: 0o600)
        } else {
          try Files.append(bytes, to: file)
        }
      } catch {
        throw .failed("\(file): \(error.text); nothing was deleted from \(path)")
      }
      isFirst = false
    }
    guard !isFirst else { return Terminal.write("0 records: \(file) was not made\n") }
    do throws(Files.Failure) {
      try Files.synchronize(file)
      try Files.synchronize(Files.folder(of: file))
    } catch {
      throw .failed("\(file): \(error.text); nothing was deleted from \(path)")
    }
    let count = try asked(path) { () throws(OutboxError) in
      var count: Int64 = 0
      while case let gone = try drain.delete(through: export.last), gone > 0 { count += gone }
      return count
    }
    Terminal.write("\(Decimal.count(Int(count), "record")) moved to \(file)\n")
  }

  /// Puts what a server refused back among what waits.
  private static func retry(_ path: String, _ arguments: Arguments) throws(Failure) {
    let drain = try drain(path)
    let count = try asked(path) { () throws(OutboxError) in
      var count: Int64 = 0
      while case let moved = try drain.retrySetAside(), moved > 0 { count += moved }
      return count
    }
    guard !arguments.has("--json") else {
      return Terminal.write(
        JSONWriter.text { writer in
          writer.member("store", path)
          writer.member("retried", count)
        } + "\n")
    }
    Terminal.write(
      count == 0
        ? "nothing is set aside\n"
        : "\(Decimal.count(Int(count), "record")) will be sent again, with the next records\n")
  }

  /// The way to the records: through the agent that runs and has the file, else the file itself.
  static func drain(_ path: String) throws(Failure) -> any OutboxDrain {
    try asked(path) { () throws(OutboxError) in try OutboxDoor.drain(path) }
  }

  static func asked<Result>(
    _ path: String, _ question: () throws(OutboxError) -> Result
  ) throws(Failure) -> Result {
    do throws(OutboxError) {
      return try question()
    } catch {
      throw .failed("\(path): \(error.message)")
    }
  }

  /// The path from `--store`, or the one of the configuration.
  static func path(_ arguments: Arguments) throws(Failure) -> String {
    if let path = arguments.value("--store") { return path }
    let file = arguments.value("--config")!
    guard let store = try RunCommand.configuration(file).store else {
      throw .configuration(["\(file): nothing is stored; add [store]"])
    }
    return store.path
  }
}
