import Config
import System
import Text
import Trust

/// What a board uses of a bundle, as it was read: each file opened once.
package struct BundleContent {
  let manifest: [UInt8]
  let golden: [UInt8]
  private var model: [UInt8]

  /// Of a bundle whose every file was read, to be verified.
  package init(_ files: consuming BundleFiles) {
    (manifest, golden, model) = (files.manifest, files.golden, files.model)
  }

  /// Reads the three files of a bundle that nobody verifies. Links are followed, as for any path
  /// that a person names.
  ///
  /// - Throws: `.file` and `.manifest`.
  init(folder: String, shownAs place: String) throws(BundleError) {
    do throws(ConfigurationFault) {
      manifest = try ConfigurationFiles.contents(of: folder + "/model.toml")
    } catch {
      var fault = error
      fault.place.file = place + "/model.toml"
      throw .manifest(ConfigurationError([fault]))
    }
    model = try Self.read("model.tflite", folder, place)
    golden = try Self.read("golden.bin", folder, place)
  }

  /// The bytes of the model, which are gone from here then: they may be large, and the model makes
  /// its own copy.
  mutating func takeModel() -> [UInt8] {
    defer { model = [] }
    return model
  }

  private static func read(
    _ name: String, _ folder: String, _ place: String
  ) throws(BundleError) -> [UInt8] {
    do throws(Files.Failure) {
      return try Files.read(folder + "/" + name, bytesMax: BundleDigests.bytesMax(of: name))
    } catch {
      throw .file(path: place + "/" + name, error)
    }
  }
}
