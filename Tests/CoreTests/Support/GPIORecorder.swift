import CPlatform
import Synchronization
import TestSupport

@testable import System

/// A GPIO chip that is not there: it writes down every level, and fails when it is told to.
final class GPIORecorder: @unchecked Sendable {
  /// What happened, in order: `4=1`, a request `4:0`, a release `4x`.
  private(set) var log: [String] = []
  var requestError: GPIOError?
  var setCode: Int32 = 0
  private var lineOf: [Int32: Int] = [:]
  private var nextDescriptor: Int32 = 1000

  var driver: GPIODriver {
    GPIODriver(
      request: { [self] (address, level) throws(GPIOError) in
        if let requestError { throw requestError }
        nextDescriptor += 1
        lineOf[nextDescriptor] = address.line
        log.append("\(address.line):\(level ? 1 : 0)")
        return nextDescriptor
      },
      set: { [self] descriptor, level in
        guard setCode == 0 else { return setCode }
        log.append("\(lineOf[descriptor]!)=\(level ? 1 : 0)")
        return 0
      },
      release: { [self] descriptor in log.append("\(lineOf[descriptor]!)x") })
  }

  /// The log since the last call.
  func take() -> [String] {
    defer { log = [] }
    return log
  }
}
