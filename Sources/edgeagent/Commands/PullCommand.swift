/// `models pull`: from a registry into the models folder, verified, and active.
///
/// Without a name, every model of the registry; without a version, the newest, and never one older
/// than what is current here.
struct PullCommand {
  private let registry: FolderRegistry
  private let name: String?
  private let version: String?
  private let models: String
  private let trust: String
  /// A running core tries it first.
  private let onTrial: Bool

  /// - Parameter operands: the registry, and perhaps `NAME` or `NAME/VERSION`.
  init(
    _ operands: [String], models: String, trust: String, onTrial: Bool
  ) throws(UsageError) {
    do throws(RegistryError) {
      switch try RegistryAddress(operands[0]) {
      case .folder(let folder): registry = FolderRegistry(folder: folder)
      }
    } catch {
      throw .registry(error)
    }
    guard operands.count <= 2 else { throw .operandUnexpected(operands[2]) }
    self.models = models
    self.trust = trust
    self.onTrial = onTrial
    guard operands.count == 2 else {
      (name, version) = (nil, nil)
      return
    }
    let (name, version) = ConfigurationText.split(operands[1], at: "/")
    guard ConfigurationText.isDottedName(name),
      version.map(ConfigurationText.isDottedName) ?? true
    else { throw .reference(operands[1]) }
    (self.name, self.version) = (name, version)
  }

  func execute() throws(Failure) {
    var problems: [String] = []
    do throws(ModelsError) {
      let installer = try Installer(models: models, trust: try trustStore(), now: trustedTime)
      for name in try names() { problems += pull(name, installer) }
    } catch {
      throw Failure(exitCode: 1, lines: error.lines)
    }
    if !problems.isEmpty { throw Failure(exitCode: 1, lines: problems) }
  }

  /// - Returns: why it was refused; nothing when it was not.
  private func pull(_ name: String, _ installer: Installer) -> [String] {
    let model = InstalledVersions(name, in: models)
    let current = model.current
    do throws(ModelsError) {
      let reference = try find(name)
      if version == nil, let current, !ModelStore.isOlder(current, than: reference.version) {
        Terminal.write(
          "\(name)/\(current) is current"
            + (current == reference.version ? "\n" : "; the newest there is \(reference.text)\n"))
        return []
      }
      let source = registry.path(name, reference.version)
      let outcome = try installer.install(reference, from: source, onTrial: onTrial)
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
      return []
    } catch {
      return lines(error, of: name, installer)
        + (current.map { ["\(name)/\($0) stays active"] } ?? [])
    }
  }

  /// People know the bundle by where they put it, not by the place where it was verified.
  private func lines(_ error: ModelsError, of name: String, _ installer: Installer) -> [String] {
    guard let reference = try? find(name) else { return error.lines }
    switch error {
    case .trust, .bundle:
      let staged = installer.place(reference)
      let source = registry.path(name, reference.version)
      return error.lines.map { line in
        line.hasPrefix(staged) ? source + line.dropFirst(staged.count) : line
      }
    default: return error.lines
    }
  }

  private func names() throws(ModelsError) -> [String] {
    if let name { return [name] }
    do throws(RegistryError) {
      return try registry.names()
    } catch {
      throw .registry(error)
    }
  }

  private func find(_ name: String) throws(ModelsError) -> InstallReference {
    do throws(RegistryError) {
      return try registry.find(name, version: version)
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
