/// Where a frame has the device's clock, and how it counts.
package struct ClockSettings: Equatable, Sendable {
  package var place: FieldPlace
  package var nanosecondsPerTick: Int64
  /// The width of the counter: 16, 24, 32 or 64. After its last number it begins again with 0.
  package var bits: Int
  /// Of a packed clock.
  package var isBigEndian: Bool

  package init(
    place: FieldPlace, nanosecondsPerTick: Int64 = 1_000_000, bits: Int = 32,
    isBigEndian: Bool = false
  ) {
    self.place = place
    self.nanosecondsPerTick = nanosecondsPerTick
    self.bits = bits
    self.isBigEndian = isBigEndian
  }
}
