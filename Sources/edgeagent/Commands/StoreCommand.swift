import Config
import Store
import System
import Text

/// `store`: what the outbox holds, whether it is sound, and its records for those without a server.
enum StoreCommand {
  private enum Action: String, CaseIterable {
    case info, verify, export, drain
  }

  static func execute(_ words: [String]) throws(Failure) {
    if words.first == "send" { return try StoreSend.execute(Array(words.dropFirst())) }
    let action: Action
    let arguments: Arguments
    let output: String?
    do throws(UsageError) {
      guard let word = words.first else { throw .operandMissing("ACTION") }
      guard let known = Action(rawValue: word) else {
        throw .action(word, choices: Action.allCases.map { $0.rawValue } + ["send"])
      }
      action = known
      let flags = known == .info || known == .verify ? ["--json"] : []
      let valued = ["--config", "--store"] + (known == .drain ? ["--output"] : [])
      arguments = try Arguments(Array(words.dropFirst()), flags: flags, valued: valued)
      try arguments.noOperand()
      output = known == .drain ? try arguments.required("--output") : nil
      if arguments.value("--store") == nil { _ = try arguments.required("--config") }
    } catch {
      throw .usage(error, .store)
    }
    let path = try path(arguments)
    let asJSON = arguments.has("--json")
    switch action {
    case .info:
      let survey = try asked(path) { () throws(OutboxError) in try OutboxSurvey(path) }
      Terminal.write(text(survey, path, asJSON: asJSON))
    case .verify:
      let check = try asked(path) { () throws(OutboxError) in try OutboxCheck(path) }
      Terminal.write(text(check, path, asJSON: asJSON))
      guard check.problems.isEmpty else {
        throw Failure(exitCode: 1, lines: check.problems.map { "\(path): \($0)" })
      }
    case .export:
      let export = try asked(path) { () throws(OutboxError) in try OutboxExport(path) }
      while let page = try asked(path, { () throws(OutboxError) in try export.next() }) {
        Terminal.write(page)
      }
    case .drain: try drain(path, to: output!)
    }
  }

  /// Writes all records to a new file, and deletes here only those that are safely in it.
  private static func drain(_ path: String, to file: String) throws(Failure) {
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
    let count = try asked(path) { () throws(OutboxError) in try export.deleteRead() }
    Terminal.write("\(Decimal.count(Int(count), "record")) moved to \(file)\n")
  }

  private static func asked<Result>(
    _ path: String, _ question: () throws(OutboxError) -> Result
  ) throws(Failure) -> Result {
    do throws(OutboxError) {
      return try question()
    } catch {
      throw .failed("\(path): \(error.message)")
    }
  }

  /// `--store FILE`, or what the configuration says.
  private static func path(_ arguments: Arguments) throws(Failure) -> String {
    if let path = arguments.value("--store") { return path }
    let file = arguments.value("--config")!
    guard let store = try RunCommand.configuration(file).store else {
      throw .configuration(["\(file): nothing is stored; add [store]"])
    }
    return store.path
  }
}
