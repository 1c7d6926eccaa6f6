import SensorIO

extension SensorSettings {
  /// What the values of a field can be, by its type, its bits and its range; nil for a name that no
  /// field has. Outside its range a field has no value.
  func span(ofField name: String) -> ClosedRange<Float>? {
    fields.first { $0.name.utf8.elementsEqual(name.utf8) }?.span(isPacked: !decoding.isText)
  }
}

extension FieldSettings {
  fileprivate func span(isPacked: Bool) -> ClosedRange<Float> {
    var (least, greatest) = (-Double.infinity, Double.infinity)
    if let raw = rawSpan(isPacked: isPacked) {
      let ends = [raw.lowerBound * scale + offset, raw.upperBound * scale + offset]
      (least, greatest) = (min(ends[0], ends[1]), max(ends[0], ends[1]))
    }
    if let range {
      least = max(least, range.lowerBound)
      greatest = min(greatest, range.upperBound)
    }
    // A range that holds no value of the type is no reason to trap.
    return Float(least)...max(Float(least), Float(greatest))
  }

  /// Nil where it has no ends.
  private func rawSpan(isPacked: Bool) -> ClosedRange<Double>? {
    if case .bits(_, let length, _, let isSigned) = place {
      return Self.integers(bits: length, isSigned: isSigned)
    }
    guard isPacked || isHexadecimal else { return nil }
    switch type {
    case .float16, .float32, .float64: return nil
    default: return Self.integers(bits: 8 * type.byteCount, isSigned: type.isSigned)
    }
  }

  /// - Parameter bits: 1...64.
  private static func integers(bits: Int, isSigned: Bool) -> ClosedRange<Double> {
    let half = Double(sign: .plus, exponent: bits - 1, significand: 1)
    return isSigned ? -half...half - 1 : 0...2 * half - 1
  }
}
