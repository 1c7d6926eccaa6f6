/// Two quantized operands as integers of one common scale, which can be added and compared:
///
///     left(a) = round₂(ma · (a − aZero) · 2ˢ)    right(b) = round₂(mb · (b − bZero) · 2ˢ)
///
/// where round₂ is the double rounding of `FixedMultiplier`. The shift s keeps the bits that the
/// factors would lose. The operator that chooses both proves that 32 bits hold the products.
struct CommonScale: BitwiseCopyable {
  private let aZero: Int32, bZero: Int32
  private let aMultiplier: FixedMultiplier, bMultiplier: FixedMultiplier
  private let shift: Int32

  init(
    aZero: Int32, _ aMultiplier: FixedMultiplier, bZero: Int32, _ bMultiplier: FixedMultiplier,
    shift: Int32
  ) {
    (self.aZero, self.aMultiplier) = (aZero, aMultiplier)
    (self.bZero, self.bMultiplier) = (bZero, bMultiplier)
    self.shift = shift
  }

  @inline(__always)
  func left(_ a: Int32) -> Int32 { aMultiplier((a &- aZero) &<< shift) }

  @inline(__always)
  func right(_ b: Int32) -> Int32 { bMultiplier((b &- bZero) &<< shift) }

  /// Setup: computes left and right for every value of 8 bits.
  func tables(_ type: ElementType, _ setup: Setup) throws(ModelError) -> CommonScaleTables {
    let left = try setup.tables.table(of: Int32.self, count: 512)
    let right = left + 256
    for byte in 0...UInt8.max {
      let value = type == .int8 ? Int32(Int8(bitPattern: byte)) : Int32(byte)
      left[Int(byte)] = self.left(value)
      right[Int(byte)] = self.right(value)
    }
    return CommonScaleTables(leftValues: left, rightValues: right)
  }
}

/// `CommonScale` of signed or unsigned 8-bit operands, as tables that are indexed by the operands'
/// bytes. They save two roundings for each pair of elements, and one loop serves both types.
struct CommonScaleTables: BitwiseCopyable {
  fileprivate let leftValues: UnsafeMutablePointer<Int32>
  fileprivate let rightValues: UnsafeMutablePointer<Int32>

  @inline(__always)
  func left(_ a: UInt8) -> Int32 { leftValues[Int(a)] }

  @inline(__always)
  func right(_ b: UInt8) -> Int32 { rightValues[Int(b)] }
}
