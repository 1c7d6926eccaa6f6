/// The reverse of a field's scale and offset, for encoders: raw = (physical − offset) / scale.
struct FieldScaling {
  private let scale: Double
  private let offset: Double

  init(_ field: FieldSettings) {
    scale = field.scale
    offset = field.offset
  }

  func raw(_ physical: Float) -> Double { (Double(physical) - offset) / scale }
}
