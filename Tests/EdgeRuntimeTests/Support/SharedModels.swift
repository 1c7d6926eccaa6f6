import TestSupport
import Testing

/// Real models and golden vectors, kept beside the checkout and not in it.
extension SharedMaterial {
  struct Missing: Error {
    let path: String
  }

  /// Names of the models in the folder `kind`; there is at least one.
  static func models(_ kind: String) throws -> [String] {
    let folder = try path(kind)
    guard let names = Files.names(in: folder, ending: ".tflite"), !names.isEmpty else {
      throw Missing(path: folder)
    }
    return names
  }

  static func bytes(_ kind: String, _ file: String) throws -> [UInt8] {
    let file = try path("\(kind)/\(file)")
    guard let bytes = Files.read(file) else { throw Missing(path: file) }
    return bytes
  }
}
