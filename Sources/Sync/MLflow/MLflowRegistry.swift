import Config
import Models
import System
import Text
import Trust

/// `mlflow:https://…`: a model's version, with its bundle in the version's artifacts.
///
/// The owner may write three tags of a model version: `edgeagent.version`, the version that the
/// bundle gives itself; `edgeagent.sha256`, the digests of its files; `edgeagent.trial`, see
/// `TrialWord`. The board writes `edgeagent.agent.<id>`.
package final class MLflowRegistry: ModelRegistry {
  private let client: MLflowClient

  package init(_ server: Server) { client = MLflowClient(server) }

  package func find(_ name: String, alias: String?) throws(SyncError) -> RegistryVersion {
    guard let alias else { return try checked(try client.newestVersion(name)) }
    return try checked(try client.modelVersion(name, alias: alias))
  }

  @export(interface)
  package func fetch(_ version: RegistryVersion, into folder: String) throws(SyncError) {
    let (name, number) = (version.reference.name, Self.number(version))
    let found = try client.modelVersion(name, number: number)
    guard try checked(found).hasContent(of: version) else {
      throw fault(.changed(model: name, version: number))
    }
    var digests: BundleDigests?
    if let text = found.digestsText {
      digests = BundleDigests(text: text)
      guard digests != nil else { throw fault(.digestList(model: name, version: number)) }
    }
    let artifacts = try client.artifacts(of: name, number: number)
    let listed = try artifacts.list()
    let bundle: MLflowBundle
    do throws(MLflowFilesFault) {
      bundle = try MLflowBundle(listed, digests: digests)
    } catch {
      throw fault(.files(error))
    }
    removeStrangers(in: folder, bundle)
    for file in bundle.files { try fetch(file, of: artifacts, into: folder) }
  }

  package func report(
    _ state: String, of version: RegistryVersion, by agent: String
  ) throws(SyncError) {
    try client.setTag(
      MLflowModelVersion.agentTagPrefix + agent, state, of: version.reference.name,
      number: Self.number(version))
  }

  package func place(_ reference: InstallReference) -> String {
    "\(client.place) \(reference.text)"
  }

  private func checked(_ found: MLflowModelVersion) throws(SyncError) -> RegistryVersion {
    guard found.status.utf8.elementsEqual("READY".utf8) else {
      throw fault(
        .notReady(model: found.name, version: found.number, status: found.status))
    }
    guard ConfigurationText.isDottedName(found.bundleVersion),
      ConfigurationText.isDottedName(found.name)
    else {
      throw fault(
        .versionName(model: found.name, version: found.number, text: found.bundleVersion))
    }
    return RegistryVersion(
      reference: InstallReference(name: found.name, version: found.bundleVersion),
      revision: found.revision, trial: found.trial)
  }

  private func fetch(
    _ file: MLflowBundle.File, of artifacts: MLflowArtifacts, into folder: String
  ) throws(SyncError) {
    let output = folder + "/" + file.name
    if isThere(file, output) { return }
    let download = Download(
      url: try artifacts.address(of: file.name), output: output, digest: file.digest,
      length: file.bytes, bytesMax: Int64(BundleLimits.modelBytesMax))
    do throws(DownloadError) {
      _ = try download.run(client.server.client)
    } catch {
      throw .download(error)
    }
  }

  /// Whether an earlier try has fetched the whole file: a download gives the file its name only
  /// then. Without a promised digest, the check of the signature shows whether the file is still
  /// the registry's.
  private func isThere(_ file: MLflowBundle.File, _ path: String) -> Bool {
    guard Files.kind(path, links: .refused) == .file, Int64(Files.bytes(of: path)) == file.bytes
    else {
      return false
    }
    guard let digest = file.digest else { return true }
    return (try? Digest(ofFile: path, bytesMax: BundleLimits.modelBytesMax)) == digest
  }

  /// Removes files of an earlier try that do not belong to this bundle.
  private func removeStrangers(in folder: String, _ bundle: MLflowBundle) {
    for name in Folders.allNames(in: folder) {
      let isOurs = bundle.files.contains { file in
        ["", ".part", ".part.state"].contains { (file.name + $0).utf8.elementsEqual(name.utf8) }
      }
      if !isOurs { Folders.removeTree(folder + "/" + name) }
    }
  }

  private func fault(_ error: MLflowError) -> SyncError {
    .mlflow(place: client.place, error)
  }

  private static func number(_ version: RegistryVersion) -> String {
    MLflowModelVersion.number(ofRevision: version.revision)
  }
}
