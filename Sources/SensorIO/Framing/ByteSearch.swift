import CPlatform

extension UnsafeRawBufferPointer {
  /// Hot: where the first such byte is, from `start` on and before `end`; nil where there is none.
  ///
  /// The C library looks at 32 bytes at once.
  ///
  /// - Parameter end: at most `count`; nil means `count`.
  func firstIndex(of byte: UInt8, from start: Int, before end: Int? = nil) -> Int? {
    let end = end ?? count
    guard start < end, let base = baseAddress else { return nil }
    guard let found = memchr(base + start, Int32(byte), end - start) else { return nil }
    return UnsafeRawPointer(found) - base
  }
}
