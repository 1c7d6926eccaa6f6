/// Field numbers of the tables that the reader reads, and the codes with which it compares. The
/// options of an operator are in the operator's file, as an extension of this.
///
/// Source: tensorflow/compiler/mlir/lite/schema/schema.fbs, schema version 3. A field's number is
/// its place in its table; a union counts twice.
enum Schema {
  static let identifier: UInt32 = 0x334C_4654  // "TFL3", little-endian
  static let version: UInt32 = 3

  enum Model {
    static let version = 0, operatorCodes = 1, subgraphs = 2, buffers = 4
  }
  enum OperatorCode {
    static let deprecatedBuiltinCode = 0, version = 2, builtinCode = 3
  }
  enum Subgraph {
    static let tensors = 0, inputs = 1, outputs = 2, operators = 3
  }
  enum Tensor {
    static let shape = 0, type = 1, buffer = 2, name = 3, quantization = 4, isVariable = 5
    static let sparsity = 6
  }
  enum Quantization {
    static let scale = 2, zeroPoint = 3, detailsType = 4, dimension = 6
  }
  enum Operator {
    static let opcodeIndex = 0, inputs = 1, outputs = 2, optionsType = 3, options = 4
    static let intermediates = 8
  }
  enum Buffer {
    static let data = 0, offset = 1, size = 2
  }
}
