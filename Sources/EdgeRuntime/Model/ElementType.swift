/// The type of a tensor's elements. Raw values are the schema's (TensorType of schema.fbs, v3).
package enum ElementType: UInt8, Sendable, Equatable, BitwiseCopyable {
  case float32 = 0
  case float16 = 1
  case int32 = 2
  case uint8 = 3
  case int64 = 4
  case string = 5
  case bool = 6
  case int16 = 7
  case complex64 = 8
  case int8 = 9
  case float64 = 10
  case complex128 = 11
  case uint64 = 12
  case resource = 13
  case variant = 14
  case uint32 = 15
  case uint16 = 16
  case int4 = 17
  case bfloat16 = 18
  case int2 = 19

  /// Bytes of one element; nil for types that no tensor in the arena has.
  package var byteCount: Int? {
    switch self {
    case .int8, .uint8, .bool: 1
    case .int16: 2
    case .int32, .float32: 4
    case .int64: 8
    // A handle names a variable and holds no bytes.
    case .resource: 0
    default: nil
    }
  }

  /// The bytes of `count` elements; nil as for `byteCount`. Constants may also be packed, two to a
  /// byte.
  func constantBytes(_ count: Int) -> Int? {
    self == .int4 ? (count + 1) / 2 : byteCount.map { $0 * count }
  }

  /// The values that quantized tensors of this type may have; nil if the runtime supports no
  /// quantization of the type.
  var quantizedRange: ClosedRange<Int32>? {
    switch self {
    case .int4: -8...7
    case .int8: -128...127
    case .uint8: 0...255
    case .int16: -32768...32767
    case .int32: Int32.min...Int32.max
    default: nil
    }
  }

  /// The type's name as TensorFlow and NumPy write it.
  package var name: String {
    switch self {
    case .float32: "float32"
    case .float16: "float16"
    case .int32: "int32"
    case .uint8: "uint8"
    case .int64: "int64"
    case .string: "string"
    case .bool: "bool"
    case .int16: "int16"
    case .complex64: "complex64"
    case .int8: "int8"
    case .float64: "float64"
    case .complex128: "complex128"
    case .uint64: "uint64"
    case .resource: "resource"
    case .variant: "variant"
    case .uint32: "uint32"
    case .uint16: "uint16"
    case .int4: "int4"
    case .bfloat16: "bfloat16"
    case .int2: "int2"
    }
  }
}
