import Config
import EdgeRuntime
import System
import Text
import Trust

/// A model as it is on disk, `<name>/<version>/{model.tflite, model.toml, golden.bin}`. It has
/// passed every check: structure, contract, golden vectors on this board.
package final class ModelBundle {
  let folder: String
  package let manifest: ModelManifest
  package let model: Model

  /// Errors name this place for the folder.
  private let place: String

  /// Reads and checks a bundle. This runs the model once for each golden vector, which may take
  /// minutes on a slow board.
  ///
  /// - Parameters:
  ///   - place: errors name this place instead of the folder's path.
  ///   - trust: what the board demands of the bundle.
  /// - Throws: the first fault. The agent uses nothing of a refused bundle.
  @export(interface)
  package convenience init(
    folder: String, shownAs place: String? = nil, trust: BundleTrust = .nothing
  ) throws(BundleError) {
    let admitted = try trust.admit(folder, shownAs: place)
    try self.init(admitted.content, folder: folder, shownAs: place)
    admitted.note()
  }

  /// Checks what was read of a bundle. Nothing is read a second time.
  @export(interface)
  package init(
    _ content: consuming BundleContent, folder: String, shownAs place: String? = nil
  ) throws(BundleError) {
    self.folder = folder
    self.place = place ?? folder
    manifest = try Self.manifest(content.manifest, shownAs: self.place)
    let arenaBytesMax = manifest.limits.arenaBytesMax ?? ModelLimits.standard.arenaBytesMax
    model = try Self.model(
      content.takeModel(), shownAs: self.place + "/model.tflite",
      limits: ModelLimits(arenaBytesMax: arenaBytesMax))
    try checkPlace()
    try checkContract()
    try checkGolden(content.golden)
  }

  /// Loads a model from its file alone, for `inspect`, `infer` and `bench`, which need no manifest.
  @export(interface)
  package static func loadModel(
    _ path: String, shownAs place: String? = nil, limits: ModelLimits = .standard
  ) throws(BundleError) -> Model {
    let bytes: [UInt8]
    do throws(Files.Failure) {
      bytes = try Files.read(path, bytesMax: BundleLimits.modelBytesMax)
    } catch {
      throw .file(path: place ?? path, error)
    }
    return try model(bytes, shownAs: place ?? path, limits: limits)
  }

  private static func model(
    _ bytes: [UInt8], shownAs place: String, limits: ModelLimits
  ) throws(BundleError) -> Model {
    do throws(ModelError) {
      return try bytes.span.bytes.withUnsafeBytes { raw throws(ModelError) in
        try Model(copying: raw, limits: limits)
      }
    } catch {
      throw .model(path: place, error)
    }
  }

  /// Makes a new interpreter for each caller.
  func interpreter() throws(BundleError) -> Interpreter {
    do throws(ModelError) {
      return try Interpreter(model)
    } catch {
      throw .model(path: place + "/model.tflite", error)
    }
  }

  private static func manifest(
    _ bytes: [UInt8], shownAs place: String
  ) throws(BundleError) -> ModelManifest {
    do throws(ConfigurationError) {
      return try ModelManifest.parse(
        ConfigurationSource(file: place + "/model.toml", bytes: bytes))
    } catch {
      throw .manifest(error)
    }
  }

  /// The manifest in `…/fall/1` must say that it is version 1 of fall. Otherwise a copy in the
  /// wrong folder would score with another model than the configuration names.
  private func checkPlace() throws(BundleError) {
    let end = "/\(manifest.name)/\(manifest.version)".utf8
    guard Files.absolute(folder).utf8.suffix(end.count).elementsEqual(end) else {
      throw .misplaced(
        path: place + "/model.toml", name: manifest.name, version: manifest.version)
    }
  }

  private func checkContract() throws(BundleError) {
    let path = place + "/model.tflite"
    guard model.inputs.count == 1, model.outputs.count == 1 else {
      throw .tensorCount(path: path, inputs: model.inputs.count, outputs: model.outputs.count)
    }
    let values = model.inputs[0].shape.reduce(1, *)
    guard values == manifest.window * manifest.features.count else {
      throw .windowSize(
        place: manifest.windowPlace, window: manifest.window, features: manifest.features.count,
        modelValues: values)
    }
    let scores = model.outputs[0].shape.reduce(1, *)
    if manifest.reconstructs {
      guard scores == values else {
        throw .reconstruction(
          place: manifest.labelsPlace, windowValues: values, modelValues: scores)
      }
      return
    }
    guard scores == manifest.labels.count else {
      throw .labelCount(
        place: manifest.labelsPlace, labels: manifest.labels.count, modelScores: scores)
    }
  }

  private func checkGolden(_ bytes: [UInt8]) throws(BundleError) {
    let path = place + "/golden.bin"
    let interpreter = try interpreter()
    let nanoseconds: Int64
    do throws(GoldenError) {
      nanoseconds = try GoldenVectors(bytes).check(interpreter)
    } catch {
      throw .golden(path: path, error)
    }
    if let claim = manifest.limits.inference, nanoseconds > claim.nanosecondsMax {
      throw .tooSlow(
        place: claim.place, nanoseconds: nanoseconds, nanosecondsMax: claim.nanosecondsMax)
    }
  }
}

/// Why the agent refuses a bundle.
package enum BundleError: Error {
  /// The owner's keys do not allow it, or the board's keys are at fault.
  case trust(TrustError)
  /// There is no folder `<models>/<name>`, or no version in it. `available`: the models that have a
  /// folder.
  case notInstalled(folder: String, available: [String])
  /// The model is there, and not in that version. `available`: the versions that are there.
  case versionNotInstalled(folder: String, available: [String])
  case file(path: String, Files.Failure)
  case manifest(ConfigurationError)
  /// The manifest names another model or version than the folder.
  case misplaced(path: String, name: String, version: String)
  case model(path: String, ModelError)
  /// A bundle's model has exactly one input and one output.
  case tensorCount(path: String, inputs: Int, outputs: Int)
  case windowSize(place: SourcePlace, window: Int, features: Int, modelValues: Int)
  case labelCount(place: SourcePlace, labels: Int, modelScores: Int)
  /// An autoencoder has to give its whole window back.
  case reconstruction(place: SourcePlace, windowValues: Int, modelValues: Int)
  case golden(path: String, GoldenError)
  /// The fastest inference on this board took longer than the manifest's limit.
  case tooSlow(place: SourcePlace, nanoseconds: Int64, nanosecondsMax: Int64)
}
