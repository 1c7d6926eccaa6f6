import Text

/// A line of text from a device, and what around its cells is nothing.
enum LineText {
  /// Spaces, tabs, and what ports and line ends leave at the ends of cells: CR, NUL, XON, XOFF.
  static func isBlank(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x20, .tab, .carriageReturn, 0x00, 0x11, 0x13: true
    default: false
    }
  }

  static func trimmed(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var (start, end) = (0, text.count)
    while start < end, isBlank(text[start]) { start += 1 }
    while start < end, isBlank(text[end - 1]) { end -= 1 }
    return UnsafeRawBufferPointer(rebasing: text[start..<end])
  }

  static func isBlank(_ text: UnsafeRawBufferPointer) -> Bool { trimmed(text).isEmpty }

  /// The line without a byte order mark before it.
  static func unmarked(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    guard line.count >= 3, line[0] == 0xEF, line[1] == 0xBB, line[2] == 0xBF else { return line }
    return UnsafeRawBufferPointer(rebasing: line[3...])
  }

  /// True when there is a byte that is no visible ASCII, no space and no tab. In nearly all lines
  /// there is none, and their cells need no further look.
  static func isOdd(_ line: UnsafeRawBufferPointer) -> Bool {
    var odd: UInt8 = 0
    // Without a way out of the loop the compiler looks at many bytes at once.
    for byte in line { odd |= byte &- 0x20 > 0x5E && byte != .tab ? 1 : 0 }
    return odd != 0
  }

  /// True when a cell without its blanks is well-formed UTF-8 without control bytes. A line with
  /// another cell was hit, or is of another baud rate.
  static func isText(_ cell: UnsafeRawBufferPointer) -> Bool {
    var index = 0
    while index < cell.count {
      let byte = cell[index]
      guard byte >= 0x20 && byte != 0x7F || byte == .tab else { return false }
      let length = UTF8Sequence.length(in: cell, at: index)
      guard length > 0 else { return false }
      index += length
    }
    return true
  }
}

extension UInt8 {
  static let comma = UInt8(ascii: ",")
  static let semicolon = UInt8(ascii: ";")
  static let space = UInt8(ascii: " ")
  static let tab: UInt8 = 0x09
}
