import Config

/// `set`: one level key of an alert's condition gets another number, or two.
enum LevelChange {
  /// - Returns: all levels of the condition, with the change.
  static func apply(
    _ key: String, _ numbers: [Double], to level: LevelSettings, isShare: Bool,
    within range: ClosedRange<Float> = ValueSpan.any.range
  ) throws(ControlRefusal) -> LevelSettings {
    let kind = level.kind
    guard key == kind.key || key == kind.clearKey else {
      throw .levelKey(key, known: [kind.key, kind.clearKey])
    }
    let needed = kind == .above || kind == .below ? 1 : 2
    guard numbers.count == needed else { throw .levelCount(key: key, needed: needed) }
    var changed = level
    if key == kind.key {
      (changed.low, changed.high) = (numbers[0], numbers[needed - 1])
    } else {
      (changed.clearLow, changed.clearHigh) = (numbers[0], numbers[needed - 1])
    }
    if let fault = fault(changed, isShare: isShare, within: range, key: key) { throw fault }
    return changed
  }

  /// What is wrong with these levels; the message is about `key`.
  ///
  /// - Parameter range: of the values that are judged. A level that none of them reaches never
  ///   rings, and one that none of them leaves never ends.
  static func fault(
    _ level: LevelSettings, isShare: Bool, within range: ClosedRange<Float>, key: String
  ) -> ControlRefusal? {
    // What is kept and compared: two Doubles that differ may be one Float.
    let kept = level.override
    let numbers = [kept.low, kept.high, kept.clearLow, kept.clearHigh]
    guard numbers.allSatisfy({ $0.isFinite }) else { return .levelNotFinite }
    if isShare, !numbers.allSatisfy({ 0...1 ~= $0 }) { return .levelOutOfRange(low: 0, high: 1) }
    let kind = level.kind
    let isInOrder =
      switch kind {
      // A share is never below 0 and never above 1: such a clear level would never clear.
      case .above: kept.clearHigh <= kept.high && !(isShare && kept.clearHigh <= 0)
      case .below: kept.clearLow >= kept.low && !(isShare && kept.clearLow >= 1)
      case .outside:
        kept.low < kept.high && kept.low <= kept.clearLow && kept.clearLow < kept.clearHigh
          && kept.clearHigh <= kept.high
      case .inside:
        kept.low < kept.high && kept.clearLow <= kept.low && kept.high <= kept.clearHigh
      }
    guard isInOrder else {
      return .levelOrder(key: key, other: key == kind.key ? kind.clearKey : kind.key)
    }
    return LevelReachFault(level, within: range).map { .levelUseless($0) }
  }
}
