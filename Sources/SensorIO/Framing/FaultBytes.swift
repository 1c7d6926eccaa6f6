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

  /// Hot: more of them, as far as there is room.
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    let added = min(bytes.count, SensorLimits.faultBytesMax - count)
    for index in 0..<added { storage[count + index] = bytes[index] }
    count += added
  }

  package subscript(index: Int) -> UInt8 { storage[index] }
}
