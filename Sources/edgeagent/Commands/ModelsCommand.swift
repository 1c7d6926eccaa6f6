import Config
import Models

/// `models`: signs bundles on the owner's desk, brings them onto the board, and chooses the version
/// that scores.
enum ModelsCommand {
  static let trustFolder = "/etc/edgeagent/trust.d"
  static let modelsFolder = "/var/lib/edgeagent/models"

  enum Action: String, CommandAction {
    case list, pull, activate, rollback, pin, unpin, remove, sign, verify

    var usage: String {
      switch self {
      case .list: "list [--json] [--models FOLDER]"
      case .pull:
        "pull dir:FOLDER [NAME[/VERSION]] | mlflow:URL NAME[@ALIAS] [--trial] [--models FOLDER] "
          + "[--trust FOLDER] " + NetworkOptions.usage
      case .activate: "activate NAME/VERSION [--models FOLDER]"
      case .rollback: "rollback NAME [--models FOLDER]"
      case .pin: "pin NAME [--models FOLDER]"
      case .unpin: "unpin NAME [--models FOLDER]"
      case .remove: "remove NAME[/VERSION] [--models FOLDER]"
      case .sign: "sign FOLDER --key PRIVATE.pem"
      case .verify: "verify FOLDER [--trust FOLDER]"
      }
    }

    var flags: [String] {
      switch self {
      case .list: ["--json"]
      case .pull: ["--trial"]
      default: []
      }
    }

    var valued: [String] {
      switch self {
      case .sign: ["--key"]
      case .verify: ["--trust"]
      case .pull: PullCommand.valued
      case .list, .activate, .rollback, .pin, .unpin, .remove: ["--models"]
      }
    }
  }

  static func execute(_ words: [String]) throws(Failure) {
    let work: Work
    do throws(UsageError) {
      work = try parse(words)
    } catch {
      throw .usage(error, .models, words)
    }
    switch work {
    case .sign(let folder, let key): try SignCommand.sign(folder, keyPath: key)
    case .verify(let folder, let trust): try SignCommand.verify(folder, trust: trust)
    case .pull(let pull): try pull.execute()
    case .list(let versions, let asJSON): versions.list(asJSON: asJSON)
    case .activate(let versions, let reference): try versions.activate(reference)
    case .rollback(let versions, let name): try versions.rollBack(name)
    case .pin(let versions, let name): try versions.pin(name)
    case .unpin(let versions, let name): try versions.unpin(name)
    case .remove(let versions, let reference): try versions.remove(reference)
    case .removeAll(let versions, let name): try versions.removeAll(name)
    }
  }

  /// An action with all that it needs.
  private enum Work {
    case sign(folder: String, key: String)
    case verify(folder: String, trust: String)
    case pull(PullCommand)
    case list(VersionsCommand, asJSON: Bool)
    case activate(VersionsCommand, InstallReference)
    case rollback(VersionsCommand, String)
    case pin(VersionsCommand, String)
    case unpin(VersionsCommand, String)
    case remove(VersionsCommand, InstallReference)
    case removeAll(VersionsCommand, String)
  }

  private static func parse(_ words: [String]) throws(UsageError) -> Work {
    let action = try Action(words)
    let arguments = try Arguments(
      Array(words.dropFirst()), flags: action.flags, valued: action.valued)
    let models = VersionsCommand(models: arguments.value("--models") ?? modelsFolder)
    switch action {
    case .sign:
      return .sign(folder: try arguments.operand("FOLDER"), key: try arguments.required("--key"))
    case .verify:
      return .verify(
        folder: try arguments.operand("FOLDER"), trust: arguments.value("--trust") ?? trustFolder)
    case .pull:
      return .pull(
        try PullCommand(
          arguments, models: models.models, trust: arguments.value("--trust") ?? trustFolder,
          onTrial: arguments.has("--trial")))
    case .list:
      try arguments.noOperand()
      return .list(models, asJSON: arguments.has("--json"))
    case .activate: return .activate(models, try reference(arguments))
    case .remove:
      let text = try arguments.operand("NAME[/VERSION]")
      return ConfigurationText.isDottedName(text)
        ? .removeAll(models, text) : .remove(models, try reference(arguments))
    case .rollback: return .rollback(models, try name(arguments))
    case .pin: return .pin(models, try name(arguments))
    case .unpin: return .unpin(models, try name(arguments))
    }
  }

  private static func reference(_ arguments: Arguments) throws(UsageError) -> InstallReference {
    let text = try arguments.operand("NAME/VERSION")
    guard let reference = InstallReference(text) else { throw .reference(text) }
    return reference
  }

  private static func name(_ arguments: Arguments) throws(UsageError) -> String {
    let text = try arguments.operand("NAME")
    guard ConfigurationText.isDottedName(text) else { throw .reference(text) }
    return text
  }
}
