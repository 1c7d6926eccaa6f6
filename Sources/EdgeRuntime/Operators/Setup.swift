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

/// What one output channel of a weighted operator needs beside its weights.
struct Channel: BitwiseCopyable {
  /// Added to the sum of products, so that the sum of x · w stands for that of (x − zero) · w.
  let bias: Int32
  /// input scale · weight scale / output scale
  let multiplier: FixedMultiplier
}

/// The channel tables of a model, freed with it.
final class ChannelTables {
  private var tables: [UnsafeMutablePointer<Channel>] = []
  private(set) var bytes = 0

  func table(count: Int) throws(ModelError) -> UnsafeMutablePointer<Channel> {
    let byteCount = count * MemoryLayout<Channel>.stride
    guard let memory = ck_allocate(byteCount) else { throw .memoryUnavailable(bytes: byteCount) }
    let table = memory.bindMemory(to: Channel.self, capacity: count)
    tables.append(table)
    bytes += byteCount
    return table
  }

  deinit {
    for table in tables { ck_release(table) }
  }
}
