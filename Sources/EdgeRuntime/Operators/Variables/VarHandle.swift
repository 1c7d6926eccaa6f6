/// y = the handle of the variable that the container and the shared name identify.
///
///     y  [] or [1]  Resource
///
/// A handle holds nothing. The planner gives all handles of one variable the address of the
/// variable's memory (see `StateFinder`). So `eval` has nothing to do.
struct VarHandle: Kernel {
  static let versions: ClosedRange<Int32> = 1...1

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> VarHandle {
    try node.requireOperands(inputs: 0...0)
    try node.requireType(node.outputs[0], .resource)
    try node.requireCount(node.outputs[0], 1)
    let name = try name(node)
    let bytes = name.container.count + name.sharedName.count
    guard bytes <= RuntimeLimits.variableNameBytesMax else {
      throw .variableNameTooLong(
        node: node.index, bytes: bytes, limit: RuntimeLimits.variableNameBytesMax)
    }
    try setup.visit(bytes)
    return VarHandle()
  }

  /// The name of the variable in the file. A name that is left out is empty.
  static func name(_ node: Node) throws(ModelError) -> VariableName {
    let options = try node.options(Schema.VarHandle.optionsType)
    return VariableName(
      container: try text(options, Schema.VarHandle.container),
      sharedName: try text(options, Schema.VarHandle.sharedName))
  }

  private static func text(
    _ options: FlatTable?, _ field: Int
  ) throws(ModelError) -> UnsafeRawBufferPointer {
    try options?.vector(field, of: UInt8.self)?.bytes
      ?? UnsafeRawBufferPointer(start: nil, count: 0)
  }

  func eval(_ memory: Memory) {}
}

/// The name that identifies a variable: bytes of the file.
struct VariableName: Equatable {
  let container: UnsafeRawBufferPointer
  let sharedName: UnsafeRawBufferPointer

  static func == (a: VariableName, b: VariableName) -> Bool {
    a.container.elementsEqual(b.container) && a.sharedName.elementsEqual(b.sharedName)
  }
}

extension Schema {
  enum VarHandle {
    static let optionsType: UInt8 = 111
    static let container = 0, sharedName = 1
  }
}
