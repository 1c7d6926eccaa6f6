import CPlatform
import Config
import Models
import Sync
import System
import Text
import Trust

/// `models pull`: brings models from a registry into the models folder, verifies them, and makes
/// them active.
///
/// Without a name it pulls every model of a folder. Without a version and an alias it pulls the
/// newest version, unless that is older than the current one. With an alias it also takes an older
/// version, since the owner moved the alias.
struct PullCommand {
  static let valued = ["--models", "--trust"] + NetworkOptions.valued

  private enum Source {
    case folder(FolderRegistry)
    case mlflow(URL, NetworkOptions)

    var isFolder: Bool {
      if case .folder = self { return true }
      return false
    }
  }

  private enum Wanted {
    case newest
    case version(String)
    case alias(String)
  }

  private let source: Source
  private let name: String?
  private let wanted: Wanted
  private let models: String
  private let trust: String
  /// A running core tries the version first.
  private let onTrial: Bool

  /// Operands are the registry, and perhaps `NAME`, `NAME/VERSION` or `NAME@ALIAS`.
  init(
    _ arguments: Arguments, models: String, trust: String, onTrial: Bool
  ) throws(UsageError) {
    let operands = try arguments.anyOperands("REGISTRY")
    guard operands.count <= 2 else { throw .operandUnexpected(operands[2]) }
    (self.models, self.trust, self.onTrial) = (models, trust, onTrial)
    source = try Self.source(operands[0], arguments)
    guard operands.count == 2 else {
      if case .mlflow = source { throw .operandMissing("NAME") }
      (name, wanted) = (nil, .newest)
      return
    }
    let (before, alias) = ConfigurationText.split(operands[1], at: "@")
    let (name, version) = ConfigurationText.split(before, at: "/")
    let isFolder = source.isFolder
    guard ConfigurationText.isDottedName(name), alias == nil || version == nil,
      version.map({ isFolder && ConfigurationText.isDottedName($0) }) ?? true,
      alias.map({ ConfigurationText.isLine($0, bytes: 1...256) }) ?? true
    else { throw .wantedModel(operands[1]) }
    self.name = name
    wanted = version.map { .version($0) } ?? alias.map { .alias($0) } ?? .newest
  }

  private static func source(
    _ text: String, _ arguments: Arguments
  ) throws(UsageError) -> Source {
    let registry: RegistrySettings
    do throws(RegistryAddressError) {
      registry = try RegistrySettings(text)
    } catch {
      throw .registry(error)
    }
    switch registry {
    case .folder(let folder):
      for option in NetworkOptions.valued where arguments.value(option) != nil {
        throw .optionAlone(option, needs: "mlflow:URL")
      }
      return .folder(FolderRegistry(folder: folder))
    case .mlflow(let server): return .mlflow(server.url, try NetworkOptions(arguments))
    }
  }

  func execute() throws(Failure) {
    cp_ignore_signal(SIGPIPE)
    let registry: any ModelRegistry =
      switch source {
      case .folder(let folder): folder
      case .mlflow(let url, let options):
        MLflowRegistry(Server(url, HTTPClient(try options.settings())))
      }
    var problems: [String] = []
    do throws(SyncError) {
      let adopter = AdoptingHere(models: models, trust: try trustStore(), time: trustedTime)
      // If the models folder cannot be changed, this tells it once, before it asks a server.
      try step { () throws(ModelsError) in _ = try StagingFolder(models: models) }
      let delivery = ModelDelivery(models: models, registry: registry, adopter: adopter)
      // The start ran other code than what talks to a server.
      cp_drop_code_pages()
      for name in try names() {
        problems += ModelPull(
          delivery: delivery, isLocal: source.isFolder, onTrial: onTrial,
          model: InstalledVersions(name, in: models)
        ).run { name throws(SyncError) in try find(name, registry) }
      }
    } catch {
      throw Failure(exitCode: 1, lines: error.lines)
    }
    if !problems.isEmpty { throw Failure(exitCode: 1, lines: problems) }
  }

  /// - Returns: the wanted version, and whether the person named it: then it may be an older one.
  private func find(
    _ name: String, _ registry: any ModelRegistry
  ) throws(SyncError) -> (RegistryVersion, isNamed: Bool) {
    switch wanted {
    case .newest: return (try registry.find(name, alias: nil), false)
    case .alias(let alias): return (try registry.find(name, alias: alias), true)
    case .version(let version):
      guard case .folder(let folder) = source else { preconditionFailure() }
      do throws(RegistryError) {
        return (folder.found(try folder.find(name, version: version)), true)
      } catch {
        throw .registry(error)
      }
    }
  }

  private func names() throws(SyncError) -> [String] {
    if let name { return [name] }
    guard case .folder(let folder) = source else { preconditionFailure() }
    do throws(RegistryError) {
      return try folder.names()
    } catch {
      throw .registry(error)
    }
  }

  private func trustStore() throws(SyncError) -> TrustedKeys {
    do throws(TrustError) {
      return try TrustedKeys(folder: trust)
    } catch {
      throw .trust(error)
    }
  }

  private func step(_ step: () throws(ModelsError) -> Void) throws(SyncError) {
    do throws(ModelsError) {
      try step()
    } catch {
      throw .models(error)
    }
  }

  /// The floor lies beside the models folder, where the sync process keeps it.
  private var trustedTime: TrustedTime {
    TrustedTime(path: TrustedTime.path(models: models))
  }
}

/// One model on its way; its progress goes to the terminal.
private struct ModelPull {
  let delivery: ModelDelivery
  /// The registry is a folder. To compare an installed version with it costs no bytes of a link.
  let isLocal: Bool
  let onTrial: Bool
  let model: InstalledVersions
  private var name: String { model.name }

  /// - Returns: the problems; none when the pull went well.
  func run(
    _ find: (String) throws(SyncError) -> (RegistryVersion, isNamed: Bool)
  ) -> [String] {
    let current = model.current
    do throws(SyncError) {
      let (found, isNamed) = try find(name)
      let reference = found.reference
      if !isNamed, let current, !ModelsFolder.isOlder(current, than: reference.version) {
        let isSame = current == reference.version
        Terminal.write(
          "\(name)/\(current) is current"
            + (isSame ? "\n" : "; the newest there is \(reference.text)\n"))
        return []
      }
      let isHere = !isLocal && model.has(reference.version)
      if let complaint = found.trialComplaint { Log.write(.warning, complaint) }
      let outcome = try delivery.bring(
        found, isHere: isHere, isChosen: isNamed, trial: found.trialPolicy(isAsked: onTrial))
      // Another process may have changed the current version meanwhile.
      tell(outcome, reference, insteadOf: model.previous ?? current)
      return []
    } catch {
      return error.lines + (model.current.map { ["\(name)/\($0) stays active"] } ?? [])
    }
  }

  private func tell(
    _ outcome: Installer.Outcome, _ reference: InstallReference, insteadOf current: String?
  ) {
    let old = current.map { ", instead of \(name)/\($0)" } ?? ""
    switch outcome {
    case .current: Terminal.write("\(reference.text) is current\n")
    case .activated: Terminal.write("\(reference.text) was here, and is active\(old)\n")
    case .proposed:
      Terminal.write(
        "\(reference.text) is installed; a running agent tries it beside "
          + "\(name)/\(model.active ?? "")\n")
    case .installed: Terminal.write("\(reference.text) is installed and active\(old)\n")
    }
  }
}
