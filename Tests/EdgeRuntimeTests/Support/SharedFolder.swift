import Glibc
import Testing

/// Real models and golden vectors, kept beside the checkout and not in it.
///
///     @Test(.enabled(if: SharedFolder.isExpected, SharedFolder.absence))
///
/// Where the folder is absent, such a test is skipped, and the runner prints why. Where it has to
/// be there (CI=true, or EDGEAGENT_SHARED names it), the test runs and fails: nothing passes
/// unseen.
enum SharedFolder {
  /// `EDGEAGENT_SHARED`, or the folder `shared` beside the repository.
  static let path: String = {
    if let path = environment("EDGEAGENT_SHARED") { return path }
    let here = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return here.dropLast(5).joined(separator: "/") + "/shared"
  }()

  /// Whether tests that need the folder run.
  static let isExpected =
    access(path + "/models", R_OK) == 0 || environment("CI") == "true"
    || environment("EDGEAGENT_SHARED") != nil

  /// The reason that the runner prints.
  static let absence: Comment = "needs the folder of models and golden vectors, ../shared"

  struct Missing: Error {
    let path: String
  }

  /// Names of the models in the folder `kind`; there is at least one.
  static func models(_ kind: String) throws -> [String] {
    let folder = path + "/" + kind
    guard let names = Files.names(in: folder, ending: ".tflite"), !names.isEmpty else {
      throw Missing(path: folder)
    }
    return names
  }

  static func bytes(_ kind: String, _ file: String) throws -> [UInt8] {
    let file = "\(path)/\(kind)/\(file)"
    guard let bytes = Files.read(file) else { throw Missing(path: file) }
    return bytes
  }

  private static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}
