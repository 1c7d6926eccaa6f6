/// How a frame's bytes become named values.
package enum DecodingSettings: Equatable, Sendable {
  /// Decimal numbers in field order, separated by commas.
  case csv
  /// One flat JSON object; fields by name, in any order; other members are ignored.
  case json
  /// Packed fields in order, no padding.
  case binary
}

/// One value of a frame: physical = raw · scale + offset.
package struct FieldSettings: Equatable, Sendable {
  package var name: String
  /// For people and for the check against the model's features; the agent converts nothing.
  package var unit: String
  /// Binary decoding only.
  package var type: FieldType
  package var isBigEndian: Bool
  package var scale: Double
  package var offset: Double

  package init(
    name: String, unit: String = "", type: FieldType = .float32, isBigEndian: Bool = false,
    scale: Double = 1, offset: Double = 0
  ) {
    self.name = name
    self.unit = unit
    self.type = type
    self.isBigEndian = isBigEndian
    self.scale = scale
    self.offset = offset
  }
}

/// Storage of a packed field, as the configuration spells it.
package enum FieldType: String, Equatable, Sendable, CaseIterable {
  case int8, uint8, int16, uint16, int32, uint32, float32, float64

  package var byteCount: Int {
    switch self {
    case .int8, .uint8: 1
    case .int16, .uint16: 2
    case .int32, .uint32, .float32: 4
    case .float64: 8
    }
  }
}
