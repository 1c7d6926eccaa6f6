/// How a frame's bytes become named values.
package enum DecodingSettings: Equatable, Sendable {
  /// Decimal numbers in field order, separated by commas.
  case csv
  /// One flat JSON object. The decoder finds fields by name, in any order, and ignores other
  /// members.
  case json
  /// Packed fields in order, without padding.
  case binary
}

/// One value of a frame: physical = raw · scale + offset.
package struct FieldSettings: Equatable, Sendable {
  package var name: String
  /// For people and for the check against the model's features; the agent does not convert units.
  package var unit: String
  /// Used by binary decoding only.
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

/// The storage of a packed field; each raw value is the word in the configuration.
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
