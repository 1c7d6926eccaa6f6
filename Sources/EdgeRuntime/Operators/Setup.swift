import CKernels

/// What `prepare` may use: the budget of bytes visited, and memory for tables that live as long as
/// the model.
final class Setup {
  private let file: FlatBuffer
  let tables = Tables()
  /// The constants that one operator alone may change; empty where they were not looked for.
  var owned = OwnedConstants()

  init(_ file: FlatBuffer) { self.file = file }

  /// Says that `prepare` is about to read `count` bytes of constants: weights may be shared between
  /// operators, and reading them must not cost more than the file is worth.
  func visit(_ count: Int) throws(ModelError) { try file.visit(count) }

  /// Room for a bias of 32 bits a channel, to be written over from the first channel on: the bias's
  /// own place in the model's copy of the file where no other operator reads it, else a table.
  func biasTable(_ bias: Tensor?, count: Int) throws(ModelError) -> UnsafeMutablePointer<Int32> {
    if let bias, bias.type == .int32, let place = owned.bytes(of: bias),
      Int(bitPattern: place) % MemoryLayout<Int32>.alignment == 0
    {
      return place.bindMemory(to: Int32.self, capacity: count)
    }
    return try tables.table(of: Int32.self, count: count)
  }
}

/// What kernels work out before the first inference and look up in each: a model's tables, freed
/// with it.
final class Tables {
  private var tables: [UnsafeMutableRawPointer] = []
  private(set) var bytes = 0

  /// Room for `count` elements, on a cache line, not initialized.
  func table<T: BitwiseCopyable>(
    of type: T.Type, count: Int
  ) throws(ModelError) -> UnsafeMutablePointer<T> {
    let byteCount = count * MemoryLayout<T>.stride
    guard bytes + byteCount <= RuntimeLimits.tableBytesMax else {
      throw .tablesTooLarge(bytes: bytes + byteCount, limit: RuntimeLimits.tableBytesMax)
    }
    guard let table = ck_allocate(byteCount) else { throw .memoryUnavailable(bytes: byteCount) }
    tables.append(table)
    bytes += byteCount
    return table.bindMemory(to: type, capacity: count)
  }

  deinit {
    for table in tables { ck_release(table) }
  }
}
