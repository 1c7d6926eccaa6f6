/// Numbers and texts as bytes, least significant first, for records of our own files.
struct RecordWriter {
  private(set) var bytes: [UInt8] = []

  mutating func put(_ value: some FixedWidthInteger) {
    var rest = value
    for _ in 0..<value.bitWidth / 8 {
      bytes.append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
  }

  mutating func put(_ value: Float) { put(value.bitPattern) }

  /// Cut after the last whole character that fits.
  mutating func put(_ text: String, bytesMax: Int) {
    precondition(bytesMax < 256)
    let end = text.bytes(fitting: bytesMax)
    put(UInt8(end))
    bytes += text.utf8.prefix(end)
  }
}

extension String {
  /// The bytes of as many whole characters as fit.
  func bytes(fitting bytesMax: Int) -> Int {
    if utf8.count <= bytesMax { return utf8.count }
    var end = 0
    for scalar in unicodeScalars {
      let width = UTF8.width(scalar)
      if end + width > bytesMax { break }
      end += width
    }
    return end
  }

  func cut(toBytes bytesMax: Int) -> String {
    utf8.count <= bytesMax
      ? self : String(decoding: utf8.prefix(bytes(fitting: bytesMax)), as: UTF8.self)
  }
}

/// Reads what `RecordWriter` wrote. Nil where the bytes end too early.
struct RecordReader {
  private let bytes: ArraySlice<UInt8>
  private var index: Int

  init(_ bytes: ArraySlice<UInt8>) { (self.bytes, index) = (bytes, bytes.startIndex) }

  var isAtEnd: Bool { index == bytes.endIndex }

  mutating func number<Number: FixedWidthInteger>(_: Number.Type = Number.self) -> Number? {
    let count = Number.bitWidth / 8
    guard bytes.endIndex - index >= count else { return nil }
    var value: Number = 0
    for place in 0..<count {
      value |= Number(truncatingIfNeeded: bytes[index + place]) << Number(8 * place)
    }
    index += count
    return value
  }

  mutating func float() -> Float? { number(UInt32.self).map { Float(bitPattern: $0) } }

  mutating func text() -> String? {
    guard let count = number(UInt8.self), bytes.endIndex - index >= Int(count) else { return nil }
    defer { index += Int(count) }
    return String(decoding: bytes[index..<index + Int(count)], as: UTF8.self)
  }
}
