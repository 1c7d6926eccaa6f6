import CPlatform
import Config
import Models

/// Finds a model without a configuration. The agent looks in the caller's folder, beside the
/// executable, and where packages put models.
enum InstalledModels {
  static func find(_ name: String) throws(Failure) -> String {
    let reference = ModelReference(name: name, version: nil)
    for folder in folders {
      if let bundle = try? ModelsFolder(folder: folder).locate(reference) { return bundle }
    }
    throw .failed(
      "model \(name) not found; looked in "
        + folders.map { "\($0)/\(name)" }
        .joined(separator: ", ") + "; run it from the project's folder")
  }

  private static var folders: [String] {
    [
      "models", programFolder + "/../models", "/usr/share/edgeagent/models",
      "/var/lib/edgeagent/models",
    ]
  }

  private static var programFolder: String {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = bytes.withUnsafeMutableBytes { raw in
      readlink("/proc/self/exe", raw.baseAddress!, raw.count)
    }
    guard count > 0 else { return "." }
    let end = bytes[..<count].lastIndex(of: UInt8(ascii: "/")) ?? 0
    return String(decoding: bytes[..<end], as: UTF8.self)
  }
}
