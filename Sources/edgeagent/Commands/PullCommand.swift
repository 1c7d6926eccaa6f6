import CPlatform
import System

/// `models pull`: from a registry into the models folder, verified, and active.
///
/// Without a name, every model of a folder; without version and alias, the newest, and never one
/// older than what is current here. What an alias says is taken, older or not: its owner moved it.
struct PullCommand {
  static let valued = ["--models", "--trust"] + NetworkOptions.valued

  private enum Source {
    case folder(FolderRegistry)
    case mlflow(URL, NetworkOptions)
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
  /// A running core tries it first.
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
    var isFolder = false
    if case .folder = source { isFolder = true }
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
    let address: RegistryAddress
    do throws(RegistryError) {
      address = try RegistryAddress(text)
    } catch {
      throw .registry(error)
    }
    switch address {
    case .folder(let folder):
      for option in NetworkOptions.valued where arguments.value(option) != nil {
        throw .optionAlone(option, needs: "mlflow:URL")
      }
      return .folder(FolderRegistry(folder: folder))
    case .mlflow(let url): return .mlflow(url, try NetworkOptions(arguments))
    }
  }

  func execute() throws(Failure) {
    cp_ignore_signal(SIGPIPE)
    let registry: any ModelRegistry
    var isLocal = false
    switch source {
    case .folder(let folder): (registry, isLocal) = (folder, true)
    case .mlflow(let url, let options):
      registry = MLflowRegistry(Server(url, HTTPClient(try options.settings())))
    }
    var problems: [String] = []
    do throws(ModelsError) {
      let installer = try Installer(models: models, trust: try trustStore(), now: trustedTime)
      for name in try names() {
        problems += ModelPull(
          registry: registry, installer: installer, isLocal: isLocal, onTrial: onTrial, name: name,
          model: InstalledVersions(name, in: models)
        ).run(find)
      }
    } catch {
      throw Failure(exitCode: 1, lines: error.lines)
    }
    if !problems.isEmpty { throw Failure(exitCode: 1, lines: problems) }
  }

  /// - Returns: what is wanted, and whether it is so even if it is older than what is current.
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

  private func names() throws(ModelsError) -> [String] {
    if let name { return [name] }
    guard case .folder(let folder) = source else { preconditionFailure() }
    do throws(RegistryError) {
      return try folder.names()
    } catch {
      throw .registry(error)
    }
  }

  private func trustStore() throws(ModelsError) -> TrustStore {
    do throws(TrustError) {
      return try TrustStore(folder: trust)
    } catch {
      throw .trust(error)
    }
  }

  /// The floor lies beside the models folder, where the sync process keeps it.
  private var trustedTime: Int64 {
    TrustedTime(path: Files.folder(of: models) + "/trusted-time").now()
  }
}

/// One model on its way, told to whoever sits at the terminal.
private struct ModelPull {
  let registry: any ModelRegistry
  let installer: Installer
  /// Comparing with what is here already costs nobody's money.
  let isLocal: Bool
  let onTrial: Bool
  let name: String
  let model: InstalledVersions

  /// - Returns: why it was refused; nothing when it was not.
  func run(
    _ find: (String, any ModelRegistry) throws(SyncError) -> (RegistryVersion, isNamed: Bool)
  ) -> [String] {
    let current = model.current
    var reference: InstallReference?
    do throws(SyncError) {
      let (found, isNamed) = try find(name, registry)
      reference = found.reference
      if !isNamed, let current, !ModelStore.isOlder(current, than: found.reference.version) {
        let isSame = current == found.reference.version
        Terminal.write(
          "\(name)/\(current) is current"
            + (isSame ? "\n" : "; the newest there is \(found.reference.text)\n"))
        return []
      }
      tell(try bring(found), found.reference, insteadOf: current)
      return []
    } catch {
      return lines(error, reference) + (current.map { ["\(name)/\($0) stays active"] } ?? [])
    }
  }

  private func bring(_ found: RegistryVersion) throws(SyncError) -> Installer.Outcome {
    let reference = found.reference
    // A version never changes: nothing has to come over the network again.
    if !isLocal, model.has(reference.version) {
      return try step { () throws(ModelsError) in
        try installer.activate(reference, onTrial: onTrial)
      }
    }
    let place = try step { () throws(ModelsError) in try installer.prepare(reference) }
    do throws(SyncError) {
      try registry.fetch(found, into: place)
    } catch {
      if !error.isResumable { installer.discard(reference) }
      throw error
    }
    return try step { () throws(ModelsError) in try installer.adopt(reference, onTrial: onTrial) }
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

  private func step<Outcome>(
    _ step: () throws(ModelsError) -> Outcome
  ) throws(SyncError) -> Outcome {
    do throws(ModelsError) {
      return try step()
    } catch {
      throw .models(error)
    }
  }

  /// People know the bundle by where they put it, not by the place where it was verified.
  private func lines(_ error: SyncError, _ reference: InstallReference?) -> [String] {
    guard let reference, case .models(let fault) = error else { return error.lines }
    switch fault {
    case .trust, .bundle:
      let staged = installer.place(reference)
      return error.lines.map { line in
        line.hasPrefix(staged)
          ? registry.place(reference) + line.dropFirst(staged.count) : line
      }
    default: return error.lines
    }
  }
}
