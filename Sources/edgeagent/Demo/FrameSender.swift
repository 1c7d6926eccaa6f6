import CPlatform
import System

/// Writes frames as a sensor does: whole, in order, and without giving up while its reader is only
/// slow.
struct FrameSender {
  /// A reader that takes nothing for so long has died.
  private static let patienceNanoseconds: Int64 = 5_000_000_000

  let descriptor: Descriptor

  /// - Parameter meanwhile: called while the line is full, for about a millisecond.
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
