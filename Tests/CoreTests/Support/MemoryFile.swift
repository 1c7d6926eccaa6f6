@testable import Core

/// An `AppendFile` whose disk is memory, with a note of every step: a test loses power between any
/// two of them.
final class MemoryFile: AppendFile {
  enum Step {
    case write([UInt8])
    case synchronize
    case cut(Int)
    case anew([UInt8])
    case take
  }

  private(set) var content: [UInt8]?
  private(set) var steps: [Step] = []
  private var new: [UInt8]?
  /// This many further steps work; nil: all.
  var failsAfter: Int?

  init(folder: String, _ content: [UInt8]? = nil) {
    self.content = content
    super.init(folder: folder, name: AlertStateFile.name)
  }

  override var byteCount: Int { content?.count ?? 0 }

  override func open(bytesMax: Int) throws(AlertStateError) -> [UInt8]? {
    if let content, content.count > bytesMax { throw .tooLarge(bytesMax: bytesMax) }
    return content
  }

  private func take(_ step: Step) throws(AlertStateError) {
    if let left = failsAfter {
      guard left > 0 else { throw .file(path: path, code: 5) }
      failsAfter = left - 1
    }
    steps.append(step)
  }

  override func write(_ bytes: [UInt8]) throws(AlertStateError) {
    try take(.write(bytes))
    content! += bytes
  }

  override func synchronize() throws(AlertStateError) { try take(.synchronize) }

  override func cut(to count: Int) throws(AlertStateError) {
    try take(.cut(count))
    content = Array(content![..<count])
  }

  override func writeAnew(_ bytes: [UInt8]) throws(AlertStateError) {
    try take(.anew(bytes))
    new = bytes
  }

  override func takeNew(byteCount count: Int) throws(AlertStateError) {
    try take(.take)
    content = new
  }
}
