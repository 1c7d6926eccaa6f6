/// Field numbers of the tables that the reader visits, and the codes it compares with.
///
/// Source: tensorflow/compiler/mlir/lite/schema/schema.fbs, schema version 3. A field's number is
/// its place in its table, a union counting twice.
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
  }
  enum Buffer {
    static let data = 0, offset = 1, size = 2
  }

  enum Conv2D {
    static let optionsType: UInt8 = 1
    static let padding = 0, strideWidth = 1, strideHeight = 2, activation = 3
    static let dilationWidth = 4, dilationHeight = 5
  }
  enum DepthwiseConv2D {
    static let optionsType: UInt8 = 2
    static let padding = 0, strideWidth = 1, strideHeight = 2, depthMultiplier = 3, activation = 4
    static let dilationWidth = 5, dilationHeight = 6
  }
  enum Pool2D {
    static let optionsType: UInt8 = 5
    static let padding = 0, strideWidth = 1, strideHeight = 2, filterWidth = 3, filterHeight = 4
    static let activation = 5
  }
  enum FullyConnected {
    static let optionsType: UInt8 = 8
    static let activation = 0, weightsFormat = 1, keepDimensions = 2
  }
  enum Softmax {
    static let optionsType: UInt8 = 9
    static let beta = 0
  }
  enum Add {
    static let optionsType: UInt8 = 11
    static let activation = 0
  }
  enum Reshape {
    static let optionsType: UInt8 = 17
    static let newShape = 0
  }
  enum Reducer {
    static let optionsType: UInt8 = 27
    static let keepDimensions = 0
  }
}
