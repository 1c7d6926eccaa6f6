import CKernels

/// What `prepare` may use: the budget of bytes visited, and memory for tables that live as long as
/// the model.
final class Setup {
  private let file: FlatBuffer
  let tables = ChannelTables()

  init(_ file: FlatBuffer) { self.file = file }

  /// Says that `prepare` is about to read `count` bytes of constants: weights may be shared between
  /// operators, and reading them must not cost more than the file is worth.
  func visit(_ count: Int) throws(ModelError) { try file.visit(count) }
}

/// What the output channels of a weighted operator need beside their weights, in columns, so that
/// the inner loops take several channels at a time.
struct ChannelColumns {
  /// Added to the sum of products, so that the sum of x · w stands for that of (x − zero) · w.
  let bias: UnsafeMutablePointer<Int32>
  /// input scale · weight scale / output scale, as a `FixedMultiplier`.
  let mantissa: UnsafeMutablePointer<Int32>
  let exponent: UnsafeMutablePointer<Int32>
}

/// The channel tables of a model, freed with it.
final class ChannelTables {
  private var tables: [UnsafeMutableRawPointer] = []
  private(set) var bytes = 0

  func columns(count: Int) throws(ModelError) -> ChannelColumns {
    let byteCount = 3 * count * MemoryLayout<Int32>.stride
    guard let table = ck_allocate(byteCount) else { throw .memoryUnavailable(bytes: byteCount) }
    tables.append(table)
    bytes += byteCount
    let first = table.bindMemory(to: Int32.self, capacity: 3 * count)
    return ChannelColumns(bias: first, mantissa: first + count, exponent: first + 2 * count)
  }

  deinit {
    for table in tables { ck_release(table) }
  }
}
