/// One value of a sample: physical = raw · scale + offset.
package struct FieldSettings: Equatable, Sendable {
  package var name: String
  /// For people and for the check against the model's features; the agent does not convert units.
  package var unit: String
  /// Where the value stands in a frame. Nil: in csv and binary where the field before it ends, in
  /// labels, json and nmea by the field's name.
  package var place: FieldPlace?
  /// The layout of a packed number. In text it matters to hexadecimal digits only: of a signed
  /// integer type they are two's complement.
  package var type: FieldType
  package var isBigEndian: Bool
  /// 16-bit words in the reverse order: with big-endian words CDAB, with little-endian ones BADC.
  package var isWordSwapped: Bool
  /// Text has hexadecimal digits, with or without `0x`.
  package var isHexadecimal: Bool
  package var scale: Double
  package var offset: Double
  /// Raw values by which the device says that it has no value, before the scale.
  package var invalid: [Double]
  /// The physical values that can be true.
  package var range: ClosedRange<Double>?
  /// For so long after connecting the values mean nothing.
  package var warmUpNanoseconds: Int64
  package var policy: FieldPolicy

  package init(
    name: String, unit: String = "", place: FieldPlace? = nil, type: FieldType = .float32,
    isBigEndian: Bool = false, isWordSwapped: Bool = false, isHexadecimal: Bool = false,
    scale: Double = 1, offset: Double = 0, invalid: [Double] = [],
    range: ClosedRange<Double>? = nil, warmUpNanoseconds: Int64 = 0,
    policy: FieldPolicy = .absent
  ) {
    self.name = name
    self.unit = unit
    self.place = place
    self.type = type
    self.isBigEndian = isBigEndian
    self.isWordSwapped = isWordSwapped
    self.isHexadecimal = isHexadecimal
    self.scale = scale
    self.offset = offset
    self.invalid = invalid
    self.range = range
    self.warmUpNanoseconds = warmUpNanoseconds
    self.policy = policy
  }
}

/// What becomes of a sample in which a field has no value.
package enum FieldPolicy: Equatable, Sendable {
  /// The sample stands without the value.
  case absent
  /// There is no sample.
  case drop
  /// The last good value stands for it, for so long; then it is absent.
  case hold(nanoseconds: Int64)
}

/// Where a frame has a value.
package enum FieldPlace: Equatable, Sendable {
  /// A column of csv or of an NMEA sentence, from 0. Column 0 of a sentence is its address.
  case column(Int)
  /// The csv column that the header line calls so.
  case header(String)
  /// A label; in nmea a name of the sentence's table, as `lat`.
  case label(String)
  /// The way from the root of a JSON document.
  case path([JSONStep])
  /// Bytes from the start of the frame's content. With several samples in a frame: of the first.
  case offset(Int)
  /// Bits as a DBC file numbers them: byte · 8 + bit, bit 0 the lowest of its byte. With Intel's
  /// order `start` is the lowest bit, and the number goes on in the byte after it. With Motorola's
  /// `start` is the highest bit; the number goes on below it, then at bit 7 of the byte after it.
  case bits(start: Int, length: Int, order: BitOrder, isSigned: Bool)
}

package enum JSONStep: Equatable, Sendable {
  case member(String)
  case index(Int)
}

package enum BitOrder: Equatable, Sendable {
  case intel, motorola
}

/// The storage of a packed field; each raw value is the word in the configuration.
package enum FieldType: String, Equatable, Sendable, CaseIterable {
  case int8, uint8, int16, uint16, int24, uint24, int32, uint32, int64, uint64
  case float16, float32, float64
  /// The type of every field whose place is bits.
  case bit

  package var byteCount: Int {
    switch self {
    case .int8, .uint8, .bit: 1
    case .int16, .uint16, .float16: 2
    case .int24, .uint24: 3
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }

  package var isSigned: Bool {
    switch self {
    case .int8, .int16, .int24, .int32, .int64: true
    default: false
    }
  }
}
