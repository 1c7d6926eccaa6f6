import CKernels

/// The resources of `prepare`: the budget of bytes that it may read, and memory for tables that
/// live as long as the model.
final class Setup {
  private let file: FlatBuffer
  let tables = Tables()
  /// The constants that only one operator uses, so that it may change them; empty if they were not
  /// determined.
  var owned = OwnedConstants()

  init(_ file: FlatBuffer) { self.file = file }

  /// Counts `count` bytes of constants that `prepare` is about to read. Operators may share
  /// weights, and the total must stay within the budget for the file's size.
  func visit(_ count: Int) throws(ModelError) { try file.visit(count) }

  /// Room for a bias of 32 bits for each channel, which the caller fills from the first channel on.
  /// It is the bias's place in the model's copy of the file if no other operator reads that, else a
  /// table.
  func biasTable(_ bias: Tensor?, count: Int) throws(ModelError) -> UnsafeMutablePointer<Int32> {
    if let bias, bias.type == .int32, let place = owned.bytes(of: bias),
      Int(bitPattern: place) % MemoryLayout<Int32>.alignment == 0
    {
      return place.bindMemory(to: Int32.self, capacity: count)
    }
    return try tables.table(of: Int32.self, count: count)
  }
}

/// The tables that kernels compute before the first inference and read in each inference. They are
/// freed with their model.
final class Tables {
  private var tables: [UnsafeMutableRawPointer] = []
  private(set) var bytes = 0

  /// Room for `count` elements, aligned to a cache line, not initialized.
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
