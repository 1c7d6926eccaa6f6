/// Bytes written one after another into a buffer that somebody else owns. What does not fit is
/// flagged, and nothing is written after it.
public struct FixedOutput {
  private let buffer: UnsafeMutableRawBufferPointer
  private var count = 0
  private var hasOverflowed = false

  public init(_ buffer: UnsafeMutableRawBufferPointer) { self.buffer = buffer }

  /// nil when something did not fit.
  public var written: UnsafeRawBufferPointer? {
    hasOverflowed ? nil : UnsafeRawBufferPointer(rebasing: buffer[..<count])
  }

  public mutating func reset() { (count, hasOverflowed) = (0, false) }

  public mutating func put(_ byte: UInt8) {
    guard !hasOverflowed, count < buffer.count else { return hasOverflowed = true }
    buffer[count] = byte
    count += 1
  }

  public mutating func put(_ bytes: UnsafeRawBufferPointer) {
    guard !hasOverflowed, bytes.count <= buffer.count - count else { return hasOverflowed = true }
    UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyMemory(from: bytes)
    count += bytes.count
  }

  public mutating func put(_ text: StaticString) {
    put(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}
