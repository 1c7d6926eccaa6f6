/// Numbers and texts as bytes, least significant first, for records of our own files and
/// for messages between our own processes.
package struct RecordWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func put(_ value: some FixedWidthInteger) {
    var rest = value
    for _ in 0..<value.bitWidth / 8 {
      bytes.append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
  }

  package mutating func put(_ value: Float) { put(value.bitPattern) }

  /// A count in four bytes, and then the bytes.
  package mutating func put(_ value: [UInt8]) {
    put(UInt32(truncatingIfNeeded: value.count))
    bytes += value
  }

  /// Cut after the last whole character that fits.
  package mutating func put(_ text: String, bytesMax: Int) {
    precondition(bytesMax < 256)
    let end = text.bytes(fitting: bytesMax)
    put(UInt8(end))
    bytes += text.utf8.prefix(end)
  }
}

extension String {
  /// The bytes of as many whole characters as fit.
  package func bytes(fitting bytesMax: Int) -> Int {
    if utf8.count <= bytesMax { return utf8.count }
    var end = 0
    for scalar in unicodeScalars {
      let width = UTF8.width(scalar)
      if end + width > bytesMax { break }
      end += width
    }
    return end
  }

  package func cut(toBytes bytesMax: Int) -> String {
    utf8.count <= bytesMax
      ? self : String(decoding: utf8.prefix(bytes(fitting: bytesMax)), as: UTF8.self)
  }
}

/// Reads what `RecordWriter` wrote. Nil where the bytes end too early.
package struct RecordReader {
  private let bytes: ArraySlice<UInt8>
  private var index: Int

  package init(_ bytes: ArraySlice<UInt8>) { (self.bytes, index) = (bytes, bytes.startIndex) }

  package var isAtEnd: Bool { index == bytes.endIndex }

  package mutating func number<Number: FixedWidthInteger>(_: Number.Type = Number.self) -> Number? {
    let count = Number.bitWidth / 8
    guard bytes.endIndex - index >= count else { return nil }
    var value: Number = 0
    for place in 0..<count {
      value |= Number(truncatingIfNeeded: bytes[index + place]) << Number(8 * place)
    }
    index += count
    return value
  }

  package mutating func float() -> Float? { number(UInt32.self).map { Float(bitPattern: $0) } }

  /// Bytes with their count; nil where there are more than `bytesMax`.
  package mutating func bytes(max bytesMax: Int) -> [UInt8]? {
    guard let count = number(UInt32.self), Int(count) <= bytesMax,
      bytes.endIndex - index >= Int(count)
    else { return nil }
    defer { index += Int(count) }
    return Array(bytes[index..<index + Int(count)])
  }

  package mutating func text() -> String? {
    guard let count = number(UInt8.self), bytes.endIndex - index >= Int(count) else { return nil }
    defer { index += Int(count) }
    return String(decoding: bytes[index..<index + Int(count)], as: UTF8.self)
  }
}
