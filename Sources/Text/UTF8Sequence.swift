/// Well-formed UTF-8, strictly: no overlong form, no surrogate, nothing above U+10FFFF.
package enum UTF8Sequence {
  /// - Returns: the bytes of the character that begins at `index`, 1...4; 0 when none begins there.
  /// - Complexity: constant.
  package static func length(in bytes: UnsafeRawBufferPointer, at index: Int) -> Int {
    let lead = bytes[index]
    if lead < 0x80 { return 1 }
    // Unicode 15, table 3-7: the range of the second byte depends on the first.
    let (count, second): (Int, ClosedRange<UInt8>)
    switch lead {
    case 0xC2...0xDF: (count, second) = (2, 0x80...0xBF)
    case 0xE0: (count, second) = (3, 0xA0...0xBF)
    case 0xED: (count, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: (count, second) = (3, 0x80...0xBF)
    case 0xF0: (count, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (count, second) = (4, 0x80...0xBF)
    case 0xF4: (count, second) = (4, 0x80...0x8F)
    default: return 0
    }
    guard index + count <= bytes.count, second.contains(bytes[index + 1]) else { return 0 }
    for offset in 2..<4 where offset < count {
      guard bytes[index + offset] & 0xC0 == 0x80 else { return 0 }
    }
    return count
  }
}
