import CPlatform
import Models
import System
import Text

/// `models list|activate|rollback|pin|unpin|remove`: the versions that are on this board.
struct VersionsCommand {
  /// The folder that holds `<name>/<version>/`.
  let models: String

  func list(asJSON: Bool) {
    let store = ModelsFolder(folder: models)
    let installed = store.names.map(store.model).filter { !$0.versions.isEmpty }
    Terminal.write(asJSON ? json(installed) : text(installed))
  }

  func activate(_ reference: InstallReference) throws(Failure) {
    try change { _ throws(ModelsError) in
      // The person has seen the version work, so a load on this board is enough.
      _ = try Self.load(model(reference.name), reference.version)
      try model(reference.name).activate(reference.version)
      Terminal.write("\(reference.text) is active\n")
    }
  }

  func rollBack(_ name: String) throws(Failure) {
    try change { _ throws(ModelsError) in
      Terminal.write("\(name)/\(try model(name).rollBack()) is active again\n")
    }
  }

  func pin(_ name: String) throws(Failure) {
    try change { _ throws(ModelsError) in
      Terminal.write("\(name) is pinned at version \(try model(name).pin())\n")
    }
  }

  func unpin(_ name: String) throws(Failure) {
    try change { _ throws(ModelsError) in
      try model(name).unpin()
      Terminal.write("\(name) is not pinned\n")
    }
  }

  func remove(_ reference: InstallReference) throws(Failure) {
    try change { staging throws(ModelsError) in
      try model(reference.name).remove(reference.version, through: staging.trash)
      Terminal.write("\(reference.text) is removed\n")
    }
  }

  /// Removes all versions of a model. An agent that scores with it goes on until the agent ends.
  func removeAll(_ name: String) throws(Failure) {
    try change { staging throws(ModelsError) in
      let versions = model(name).versions
      try model(name).removeAll(through: staging.trash)
      Terminal.write(
        "\(name) is removed, with \(Decimal.count(versions.count, "version")): "
          + "\(versions.joined(separator: ", ")); an agent that scores with it goes on until it "
          + "ends, and does not start without it\n")
    }
  }

  private func model(_ name: String) -> InstalledVersions {
    InstalledVersions(name, in: models)
  }

  /// Does one step on the models folder while no other process changes it.
  private func change(_ step: (StagingFolder) throws(ModelsError) -> Void) throws(Failure) {
    do throws(ModelsError) {
      // A missing folder is an error: the command must not make it.
      guard Files.kind(models) == .folder else {
        throw .file(path: models, .system(code: ENOENT))
      }
      try step(try StagingFolder(models: models))
    } catch {
      throw Failure(exitCode: 1, lines: error.lines)
    }
  }

  private static func load(
    _ model: InstalledVersions, _ version: String
  ) throws(ModelsError) -> ModelBundle {
    do throws(BundleError) {
      guard model.has(version) else {
        throw model.notInstalled(version)
      }
      return try ModelBundle(folder: model.folder(of: version))
    } catch {
      throw .bundle(error)
    }
  }

  private func text(_ installed: [InstalledVersions]) -> String {
    guard !installed.isEmpty else { return "\(models): no models\n" }
    var text = ""
    for model in installed {
      for version in model.versions {
        var marks: [String] = []
        if version == model.current { marks.append(model.isPinned ? "active, pinned" : "active") }
        if version == model.previous && version != model.current { marks.append("previous") }
        if version == model.candidate && version != model.current { marks.append("on trial") }
        if let verdict = model.verdict(of: version) { marks.append(verdict.mark) }
        text += Decimal.left("\(model.name)/\(version)", width: 32)
        text += marks.joined(separator: ", ") + "\n"
      }
    }
    return text
  }

  private func json(_ installed: [InstalledVersions]) -> String {
    JSONWriter.text { writer in
      writer.member("folder", models)
      writer.array("models") { writer in
        for model in installed { writer.object { put(model, into: &$0) } }
      }
    } + "\n"
  }

  private func put(_ model: InstalledVersions, into writer: inout JSONWriter) {
    writer.member("name", model.name)
    writer.member("active", model.current)
    writer.member("previous", model.previous)
    writer.member("candidate", model.candidate)
    writer.member("pinned", model.isPinned)
    writer.member("versions", model.versions)
    writer.array("trials") { writer in
      for verdict in model.verdicts { writer.object { verdict.put(into: &$0) } }
    }
  }
}

extension TrialVerdict {
  /// For the list.
  fileprivate var mark: String {
    switch outcome {
    case .passed: probation == .running ? "passed its trial, watched" : "passed its trial"
    case .failed where isOfPair: "\(outcome.rawValue) against \(against): \(reason)"
    case .failed, .rolledBack, .undecided: "\(outcome.rawValue): \(reason)"
    }
  }
}
