/// What a FlatBuffer field can be.
indirect enum Flat: Sendable {
  case bytes([UInt8])  // a scalar, little-endian
  case table([Int: Flat])
  case vector([UInt8], size: Int)
  case tables([Flat])
  case data([UInt8])  // a vector of bytes, aligned as the schema wants the data of constants

  static func int32(_ value: Int32) -> Flat { .bytes(littleEndian(value)) }
  static func uint32(_ value: UInt32) -> Flat { .bytes(littleEndian(value)) }
  static func uint8(_ value: UInt8) -> Flat { .bytes([value]) }
  static func float(_ value: Float) -> Flat { .uint32(value.bitPattern) }
  static func int32s(_ values: [Int32]) -> Flat { .vector(values.flatMap(littleEndian), size: 4) }
  static func int64s(_ values: [Int64]) -> Flat { .vector(values.flatMap(littleEndian), size: 8) }
  static func floats(_ values: [Float]) -> Flat {
    .vector(values.flatMap { littleEndian($0.bitPattern) }, size: 4)
  }
  static func string(_ text: String) -> Flat { .vector(Array(text.utf8), size: 1) }

  static func littleEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}

/// Writes a FlatBuffer from front to back: first the vtable, then the table, then the objects to
/// which the table points.
struct FlatWriter {
  private var bytes: [UInt8]

  static func file(identifier: String, root: Flat) -> [UInt8] {
    var writer = FlatWriter(bytes: [0, 0, 0, 0] + Array(identifier.utf8))
    writer.point(from: 0, to: root)
    return writer.bytes
  }

  private mutating func point(from place: Int, to target: Flat) {
    let position: Int
    switch target {
    case .bytes: fatalError("scalars are stored in their table")
    case .table(let fields): position = table(fields)
    case .vector(let elements, let size):
      align(max(4, size), before: 4)
      position = bytes.count
      bytes += Flat.littleEndian(UInt32(elements.count / size)) + elements
    case .data(let elements):
      align(16, before: 4)
      position = bytes.count
      bytes += Flat.littleEndian(UInt32(elements.count)) + elements
    case .tables(let tables):
      align(4)
      position = bytes.count
      bytes += Flat.littleEndian(UInt32(tables.count))
      bytes += [UInt8](repeating: 0, count: 4 * tables.count)
      for (index, table) in tables.enumerated() {
        point(from: position + 4 + 4 * index, to: table)
      }
    }
    bytes.replaceSubrange(place..<(place + 4), with: Flat.littleEndian(UInt32(position - place)))
  }

  private mutating func table(_ fields: [Int: Flat]) -> Int {
    let fieldCount = (fields.keys.max() ?? -1) + 1
    align(2)
    let vtable = bytes.count
    bytes += [UInt8](repeating: 0, count: 4 + 2 * fieldCount)
    align(8)
    let position = bytes.count
    bytes += Flat.littleEndian(Int32(position - vtable))
    var pointers: [(place: Int, target: Flat)] = []
    for field in fields.keys.sorted() {
      let place: Int
      if case .bytes(let scalar) = fields[field]! {
        align(scalar.count)
        place = bytes.count
        bytes += scalar
      } else {
        align(4)
        place = bytes.count
        bytes += [0, 0, 0, 0]
        pointers.append((place, fields[field]!))
      }
      set(UInt16(place - position), at: vtable + 4 + 2 * field)
    }
    set(UInt16(4 + 2 * fieldCount), at: vtable)
    set(UInt16(bytes.count - position), at: vtable + 2)
    for pointer in pointers { point(from: pointer.place, to: pointer.target) }
    return position
  }

  private mutating func set(_ value: UInt16, at place: Int) {
    bytes.replaceSubrange(place..<(place + 2), with: Flat.littleEndian(value))
  }

  private mutating func align(_ alignment: Int, before header: Int = 0) {
    while (bytes.count + header) % alignment != 0 { bytes.append(0) }
  }
}
