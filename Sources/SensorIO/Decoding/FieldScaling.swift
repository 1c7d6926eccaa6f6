/// physical = raw · scale + offset
struct FieldScaling {
  private let scale: Double
  private let offset: Double

  init(_ field: FieldSettings) {
    scale = field.scale
    offset = field.offset
  }

  func physical(_ raw: Double, field: Int) throws(DecodeError) -> Float {
    let value = Float(raw * scale + offset)
    guard value.isFinite else { throw .notFinite(field: field) }
    return value
  }

  /// The reverse, for encoders: raw = (physical − offset) / scale.
  func raw(_ physical: Float) -> Double { (Double(physical) - offset) / scale }
}
