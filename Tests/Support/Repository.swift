import CPlatform
import Testing

@testable import SensorIO
@testable import System

package enum Repository {
  /// The path of a file of this repository.
  package static func path(_ name: String) -> String {
    "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/" + name
  }
}

/// The model that is in the repository.
package let fallBundle: String = {
  let checkout = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
  return "/\(checkout)/models/fall/1"
}()

package func contents(of path: String) throws -> [UInt8] {
  let file = try FilePort.open(path: path)
  var bytes: [UInt8] = []
  while true {
    let piece = try file.receiveOnce().bytes
    if piece.isEmpty { return bytes }
    bytes += piece
  }
}

package func names(in folder: String) -> [String] {
  var names: [String] = []
  guard let open = opendir(folder) else { return [] }
  while let entry = readdir(open) {
    names.append(
      withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      })
  }
  closedir(open)
  return names.sorted()
}
