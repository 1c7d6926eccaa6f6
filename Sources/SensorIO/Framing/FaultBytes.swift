/// The first bytes of a frame that was refused, as they came, for people who look for the cause.
package struct FaultBytes: BitwiseCopyable, Sendable {
  private var storage = SensorLimits.FaultStorage(repeating: 0)
  package private(set) var count = 0

  package init() {}

  /// Hot.
  package init(_ bytes: UnsafeRawBufferPointer) {
    count = min(bytes.count, SensorLimits.faultBytesMax)
    for index in 0..<count { storage[index] = bytes[index] }
  }

  package subscript(index: Int) -> UInt8 { storage[index] }
}
