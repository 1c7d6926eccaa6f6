/// What makes a field's raw value physical, or refuses it: physical = raw · scale + offset.
///
/// In this order: the fault of the cell, the invalid values, scale and offset, the range, the
/// warm-up.
struct FieldRule {
  let policy: FieldPolicy
  private let scale: Double
  private let offset: Double
  private let lowest: Double
  private let highest: Double
  private let warmUpNanoseconds: Int64
  private let invalid: InlineArray<8, Double>
  private let invalidCount: Int
  /// The last good value, for the policy that holds it.
  private var held: Float?
  private var heldAt: Int64 = 0

  /// - Parameter isPacked: true when raw values have the storage of the field's type. Then an
  ///   invalid value is what that type makes of it: a float32 has no -99.9.
  init(_ field: FieldSettings, isPacked: Bool) {
    (policy, scale, offset) = (field.policy, field.scale, field.offset)
    lowest = field.range?.lowerBound ?? -.infinity
    highest = field.range?.upperBound ?? .infinity
    warmUpNanoseconds = field.warmUpNanoseconds
    var invalid = InlineArray<8, Double>(repeating: 0)
    for (index, value) in field.invalid.enumerated() {
      invalid[index] = isPacked && field.type == .float32 ? Double(Float(value)) : value
    }
    (self.invalid, invalidCount) = (invalid, field.invalid.count)
    precondition(SensorLimits.invalidMax == invalid.count)
  }

  /// Hot: the physical value.
  ///
  /// - Parameter elapsed: nanoseconds since the sensor connected.
  func judge(_ raw: Double, elapsed: Int64) throws(FieldFault) -> Float {
    for index in 0..<invalidCount where raw == invalid[index] { throw .invalid }
    let physical = raw * scale + offset
    let value = Float(physical)
    guard value.isFinite else { throw .infinite }
    guard physical >= lowest, physical <= highest else { throw .range }
    guard warmUpNanoseconds == 0 || elapsed >= warmUpNanoseconds else { throw .warmUp }
    return value
  }

  /// Hot: keeps a good value, if the policy asks for it.
  mutating func keep(_ value: Float, at time: Int64) {
    if case .hold = policy { (held, heldAt) = (value, time) }
  }

  /// Hot: the value that stands for one that is refused.
  ///
  /// - Returns: the value, nil when there is none; and true when there is one that is too old.
  func substitute(at time: Int64) -> (value: Float?, isOld: Bool) {
    guard case .hold(let nanoseconds) = policy, let held else { return (nil, false) }
    return time &- heldAt <= nanoseconds ? (held, false) : (nil, true)
  }

  mutating func forget() { held = nil }
}

extension FieldFault: Error {}
