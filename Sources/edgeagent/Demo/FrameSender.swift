import CPlatform
import System

/// Writes frames as a sensor does, whole and in order. It waits for a slow reader.
struct FrameSender {
  /// A reader that reads nothing for this time has died.
  private static let patienceNanoseconds: Int64 = 5_000_000_000

  let descriptor: Descriptor

  /// - Parameter meanwhile: does other work for about a millisecond, while the line is full.
  func send(_ frame: [UInt8], meanwhile: () throws(Failure) -> Void) throws(Failure) {
    let deadline = Clock.boot() + Self.patienceNanoseconds
    var done = 0
    while true {
      do throws(SystemError) {
        let rest = frame.span.bytes.extracting(done..<frame.count)
        done +=
          try rest.withUnsafeBytes { bytes throws(SystemError) in try descriptor.write(bytes) } ?? 0
      } catch {
        throw .failed("the agent has left its sensor: \(error.message)")
      }
      if done == frame.count { return }
      guard Clock.boot() < deadline else { throw .failed("the agent no longer reads its sensor") }
      try meanwhile()
    }
  }
}
