/// Signed and unsigned 8-bit elements as one type, so that both share their loops. Flipping the
/// sign bit of an Int8 gives value + 128, in 0...255, and keeps the order of the values.
struct ByteSign: BitwiseCopyable {
  private let flip: UInt8

  init(_ type: ElementType) { flip = type == .int8 ? 0x80 : 0 }

  /// The number that 0 becomes. The loops subtract it again, together with the zero point.
  var offset: Int32 { Int32(flip) }

  @inline(__always)
  func callAsFunction(_ byte: UInt8) -> UInt8 { byte ^ flip }
}
