/// Writes bytes one after another into a buffer that the caller owns. When bytes do not fit, it
/// notes that and writes nothing more.
package struct FixedOutput {
  private let buffer: UnsafeMutableRawBufferPointer
  private var count = 0
  private var hasOverflowed = false

  package init(_ buffer: UnsafeMutableRawBufferPointer) { self.buffer = buffer }

  /// The bytes written; nil if some did not fit.
  package var written: UnsafeRawBufferPointer? {
    hasOverflowed ? nil : UnsafeRawBufferPointer(rebasing: buffer[..<count])
  }

  /// So many bytes more would fit.
  func hasRoom(_ bytes: Int) -> Bool { !hasOverflowed && buffer.count - count >= bytes }

  package mutating func reset() { (count, hasOverflowed) = (0, false) }

  package mutating func put(_ byte: UInt8) {
    guard !hasOverflowed, count < buffer.count else { return hasOverflowed = true }
    buffer[count] = byte
    count += 1
  }

  package mutating func put(_ bytes: UnsafeRawBufferPointer) {
    guard !hasOverflowed, bytes.count <= buffer.count - count else { return hasOverflowed = true }
    UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyMemory(from: bytes)
    count += bytes.count
  }

  package mutating func put(_ text: StaticString) {
    put(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}
