/// Why a request got no sound answer.
package enum ModbusFault: Equatable, Sendable {
  /// Nothing came.
  case timeout
  /// So many bytes came, and no whole answer.
  case broken(bytes: Int)
  case checksum(computed: UInt16, received: UInt16)
  /// The unit says that it cannot answer, and why.
  case exception(UInt8)
  /// A sound answer of the same unit and function, with another count of bytes than asked for.
  case byteCount(expected: Int, received: Int)
}

/// A request that failed, with the bytes that came in the place of its answer.
package struct ModbusFailure: Sendable {
  /// The sensor's place on the bus.
  package let sensor: Int
  package let request: ModbusRequest
  package let fault: ModbusFault
  package let bytes: FaultBytes
}

/// Counts what became of one sensor's requests.
package struct ModbusCounters: BitwiseCopyable, Equatable, Sendable {
  package internal(set) var requests: UInt64 = 0
  package internal(set) var answers: UInt64 = 0
  package internal(set) var exceptions: UInt64 = 0
  package internal(set) var checksums: UInt64 = 0
  package internal(set) var timeouts: UInt64 = 0
  package internal(set) var broken: UInt64 = 0
  package internal(set) var byteCounts: UInt64 = 0
  /// Requests that were asked again.
  package internal(set) var retries: UInt64 = 0
  /// Sound answers to something that was not asked, or no more: of another unit, or too late.
  package internal(set) var strays: UInt64 = 0
  /// Cycles that were left out, because the one before had not ended.
  package internal(set) var cyclesMissed: UInt64 = 0

  package init() {}

  /// Requests that failed, of all kinds.
  package var faults: UInt64 { exceptions + checksums + timeouts + broken + byteCounts }

  mutating func count(_ fault: ModbusFault) {
    switch fault {
    case .timeout: timeouts += 1
    case .broken: broken += 1
    case .checksum: checksums += 1
    case .exception: exceptions += 1
    case .byteCount: byteCounts += 1
    }
  }
}
