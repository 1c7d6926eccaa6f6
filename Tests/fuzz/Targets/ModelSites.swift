@testable import EdgeRuntime

/// The places of a model's numbers in its bytes. It also reads hostile files, and leaves out
/// references that lead outside.
struct ModelSites {
  enum Kind {
    case code, version, type, dimension, index, scale, zeroPoint, axis, flag, optionsType, option
    /// An element of a constant of few bytes: an axis, a padding, a size, a bias.
    case small
  }
  struct Site {
    let offset: Int
    /// 1, 4 or 8 bytes.
    let width: Int
    let kind: Kind
  }

  private(set) var all: [Site] = []
  private var bytes = UnsafeRawBufferPointer(start: nil, count: 0)
  private static let sitesMax = 4096
  private static let elementsMax = 64

  init() {}

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    guard let root = target(0) else { return }
    add(root, Schema.Model.version, 4, .version)
    for code in tables(root, Schema.Model.operatorCodes) {
      add(code, Schema.OperatorCode.deprecatedBuiltinCode, 1, .code)
      add(code, Schema.OperatorCode.builtinCode, 4, .code)
      add(code, Schema.OperatorCode.version, 4, .version)
    }
    for subgraph in tables(root, Schema.Model.subgraphs) { addSubgraph(subgraph) }
    for buffer in tables(root, Schema.Model.buffers) {
      addElements(buffer, Schema.Buffer.data, 4, .small, stored: 1)
    }
  }

  private mutating func addSubgraph(_ subgraph: Int) {
    for tensor in tables(subgraph, Schema.Subgraph.tensors) { addTensor(tensor) }
    addElements(subgraph, Schema.Subgraph.inputs, 4, .index)
    addElements(subgraph, Schema.Subgraph.outputs, 4, .index)
    for node in tables(subgraph, Schema.Subgraph.operators) {
      add(node, Schema.Operator.opcodeIndex, 4, .index)
      addElements(node, Schema.Operator.inputs, 4, .index)
      addElements(node, Schema.Operator.outputs, 4, .index)
      add(node, Schema.Operator.optionsType, 1, .optionsType)
      if let options = pointer(node, Schema.Operator.options) { addOptions(options) }
    }
  }

  private mutating func addTensor(_ tensor: Int) {
    addElements(tensor, Schema.Tensor.shape, 4, .dimension)
    add(tensor, Schema.Tensor.type, 1, .type)
    add(tensor, Schema.Tensor.buffer, 4, .index)
    add(tensor, Schema.Tensor.isVariable, 1, .flag)
    guard let quantization = pointer(tensor, Schema.Tensor.quantization) else { return }
    addElements(quantization, Schema.Quantization.scale, 4, .scale)
    addElements(quantization, Schema.Quantization.zeroPoint, 8, .zeroPoint)
    add(quantization, Schema.Quantization.detailsType, 1, .flag)
    add(quantization, Schema.Quantization.dimension, 4, .axis)
  }

  /// Of an option only the width is known: it ends where the next field begins.
  private mutating func addOptions(_ table: Int) {
    let offsets = (0..<24).compactMap { field(table, $0) }.sorted()
    for (offset, next) in zip(offsets, offsets.dropFirst() + [offsets.last.map { $0 + 4 } ?? 0]) {
      append(offset, next - offset >= 4 && offset % 4 == 0 ? 4 : 1, .option)
    }
  }

  // MARK: Reading

  private func load<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, _ type: T.Type) -> T? {
    guard offset >= 0, offset <= bytes.count - MemoryLayout<T>.size else { return nil }
    return bytes.loadUnaligned(fromByteOffset: offset, as: T.self)
  }

  private func target(_ offset: Int) -> Int? {
    load(offset, UInt32.self).flatMap { $0 == 0 ? nil : offset + Int($0) }
  }

  private func field(_ table: Int, _ field: Int) -> Int? {
    guard let distance = load(table, Int32.self) else { return nil }
    let vtable = table - Int(distance)
    guard let size = load(vtable, UInt16.self), 4 + 2 * field < Int(size),
      let offset = load(vtable + 4 + 2 * field, UInt16.self), offset >= 4
    else { return nil }
    return table + Int(offset)
  }

  private func pointer(_ table: Int, _ number: Int) -> Int? {
    field(table, number).flatMap(target)
  }

  private func tables(_ table: Int, _ number: Int) -> [Int] {
    guard let vector = pointer(table, number), let count = load(vector, UInt32.self) else {
      return []
    }
    return (0..<min(Int(count), Self.sitesMax)).compactMap { target(vector + 4 + 4 * $0) }
  }

  private mutating func append(_ offset: Int, _ width: Int, _ kind: Kind) {
    guard all.count < Self.sitesMax, offset >= 0, offset + width <= bytes.count else { return }
    all.append(Site(offset: offset, width: width, kind: kind))
  }

  private mutating func add(_ table: Int, _ number: Int, _ width: Int, _ kind: Kind) {
    if let offset = field(table, number) { append(offset, width, kind) }
  }

  /// - Parameter stored: the bytes of the things that the vector counts, if these are not the
  ///   elements themselves.
  private mutating func addElements(
    _ table: Int, _ number: Int, _ width: Int, _ kind: Kind, stored: Int? = nil
  ) {
    guard let vector = pointer(table, number), let count = load(vector, UInt32.self) else { return }
    let elements = Int(count) * (stored ?? width) / width
    guard kind != .small || elements <= Self.elementsMax else { return }
    for index in 0..<min(elements, Self.elementsMax) {
      append(vector + 4 + width * index, width, kind)
    }
  }
}
