/// Reads a FlatBuffer and checks every offset, table, vector and alignment before use. It has a
/// budget for the bytes that are read: a file may refer to one table many times, so that a small
/// file could cost very much time.
///
/// Setup only. Nothing here allocates; the budget bounds the time.
final class FlatBuffer {
  let bytes: UnsafeRawBufferPointer
  private(set) var bytesVisited = 0
  private let bytesVisitedMax: Int

  /// - Parameter bytes: must outlive the reader. They must be 8-byte aligned, unless the caller
  ///   calls only `require`.
  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    bytesVisitedMax = bytes.count * RuntimeLimits.visitsPerByteMax
  }

  /// Requires that the file has this identifier.
  func require(identifier: UInt32) throws(ModelError) {
    guard bytes.count >= 8 else { throw .fileTooSmall(bytes: bytes.count) }
    let found: UInt32 = load(4)
    guard found == identifier else { throw .identifierWrong(found: found) }
  }

  /// The root table of a file that must have this identifier.
  func root(identifier: UInt32) throws(ModelError) -> FlatTable {
    try require(identifier: identifier)
    return try table(at: target(of: 0), depth: 1)
  }

  /// Takes `count` bytes out of the budget. Code that reads a vector's elements calls this first.
  func visit(_ count: Int) throws(ModelError) {
    let bytes = bytesVisited + count
    guard bytes <= bytesVisitedMax else {
      throw .visitedTooMuch(bytes: bytes, limit: bytesVisitedMax)
    }
    bytesVisited = bytes
  }

  /// The position that the unsigned offset stored at `position` points to.
  fileprivate func target(of position: Int) throws(ModelError) -> Int {
    let offset: UInt32 = try scalar(at: position)
    let target = position + Int(offset)
    guard offset != 0, target < bytes.count else {
      throw .offsetOutOfBounds(at: position, target: target)
    }
    return target
  }

  fileprivate func scalar<T: FixedWidthInteger & BitwiseCopyable>(
    at position: Int
  ) throws(ModelError) -> T {
    guard position >= 0, position <= bytes.count - MemoryLayout<T>.size else {
      throw .offsetOutOfBounds(at: position, target: position)
    }
    guard position % MemoryLayout<T>.size == 0 else { throw .misaligned(at: position) }
    return load(position)
  }

  /// The caller has checked the position.
  fileprivate func load<T: FixedWidthInteger & BitwiseCopyable>(_ position: Int) -> T {
    T(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: T.self))
  }

  /// A table has an Int32 distance back to its vtable, then its fields inline. The vtable has its
  /// length in bytes (UInt16), the table's length in bytes (UInt16), then one UInt16 offset for
  /// each field, 0 if the field is absent.
  fileprivate func table(at position: Int, depth: Int) throws(ModelError) -> FlatTable {
    guard depth <= RuntimeLimits.depthMax else { throw .nestedTooDeep(at: position) }
    let distance: Int32 = try scalar(at: position)
    let vtable = position - Int(distance)
    let vtableBytes: UInt16 = try scalar(at: vtable)
    let tableBytes: UInt16 = try scalar(at: vtable + 2)
    guard vtableBytes >= 4, vtableBytes % 2 == 0, tableBytes >= 4,
      vtable + Int(vtableBytes) <= bytes.count, position + Int(tableBytes) <= bytes.count
    else { throw .tableInvalid(at: position) }
    try visit(Int(vtableBytes) + Int(tableBytes))
    return FlatTable(
      buffer: self, position: position, byteCount: Int(tableBytes), vtable: vtable,
      fieldCount: (Int(vtableBytes) - 4) / 2, depth: depth)
  }
}

/// One table whose extent was checked. Each field is checked when it is read.
struct FlatTable {
  fileprivate let buffer: FlatBuffer
  fileprivate let position: Int
  fileprivate let byteCount: Int
  fileprivate let vtable: Int
  fileprivate let fieldCount: Int
  fileprivate let depth: Int

  /// The position of the field's `size` bytes, or nil when the table does not have the field.
  private func place(_ field: Int, size: Int) throws(ModelError) -> Int? {
    guard field < fieldCount else { return nil }
    let offset: UInt16 = buffer.load(vtable + 4 + 2 * field)
    if offset == 0 { return nil }
    guard offset >= 4, Int(offset) + size <= byteCount else {
      throw .fieldOutOfBounds(table: position, field: field)
    }
    return position + Int(offset)
  }

  func integer<T: FixedWidthInteger & BitwiseCopyable>(
    _ field: Int, default absent: T = 0
  ) throws(ModelError) -> T {
    guard let place = try place(field, size: MemoryLayout<T>.size) else { return absent }
    return try buffer.scalar(at: place)
  }

  func float(_ field: Int) throws(ModelError) -> Float {
    Float(bitPattern: try integer(field) as UInt32)
  }

  func bool(_ field: Int) throws(ModelError) -> Bool {
    try integer(field) as UInt8 != 0
  }

  func table(_ field: Int) throws(ModelError) -> FlatTable? {
    guard let place = try place(field, size: 4) else { return nil }
    return try buffer.table(at: buffer.target(of: place), depth: depth + 1)
  }

  func vector<T: FixedWidthInteger & BitwiseCopyable>(
    _ field: Int, of type: T.Type
  ) throws(ModelError) -> FlatVector<T>? {
    guard let bytes = try elements(field, size: MemoryLayout<T>.size) else { return nil }
    return FlatVector(bytes: bytes)
  }

  func tables(_ field: Int) throws(ModelError) -> FlatTables? {
    guard let bytes = try elements(field, size: 4) else { return nil }
    return FlatTables(
      buffer: buffer, start: bytes.baseAddress! - buffer.bytes.baseAddress!, count: bytes.count / 4,
      depth: depth + 1)
  }

  /// A vector has a UInt32 count, then the elements, aligned to their size.
  private func elements(_ field: Int, size: Int) throws(ModelError) -> UnsafeRawBufferPointer? {
    guard let place = try place(field, size: 4) else { return nil }
    let start = try buffer.target(of: place)
    let count: UInt32 = try buffer.scalar(at: start)
    let byteCount = Int(count) * size
    guard byteCount <= buffer.bytes.count - start - 4 else {
      throw .vectorOutOfBounds(at: start, count: Int(count))
    }
    guard count == 0 || (start + 4) % size == 0 else { throw .misaligned(at: start + 4) }
    return UnsafeRawBufferPointer(rebasing: buffer.bytes[start + 4..<start + 4 + byteCount])
  }
}

/// A vector of integers inside the file whose extent was checked. Its elements are not yet counted
/// in the budget.
struct FlatVector<T: FixedWidthInteger & BitwiseCopyable> {
  let bytes: UnsafeRawBufferPointer
  var count: Int { bytes.count / MemoryLayout<T>.size }

  subscript(index: Int) -> T {
    precondition(index >= 0 && index < count)
    return T(
      littleEndian: bytes.loadUnaligned(
        fromByteOffset: index * MemoryLayout<T>.size, as: T.self))
  }
}

/// A vector of tables; each table is checked when it is read.
struct FlatTables {
  fileprivate let buffer: FlatBuffer
  fileprivate let start: Int
  let count: Int
  fileprivate let depth: Int

  func table(_ index: Int) throws(ModelError) -> FlatTable {
    precondition(index >= 0 && index < count)
    return try buffer.table(at: buffer.target(of: start + 4 * index), depth: depth)
  }
}
