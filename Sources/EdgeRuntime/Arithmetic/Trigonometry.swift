/// Sine and cosine of every Float, the same on every machine; see `RealMath`.
enum Trigonometry {
  static func sin(_ x: Float) -> Float {
    guard x.isFinite else { return .nan }
    let (quadrant, angle) = reduced(abs(x))
    let y = sine(quadrant, angle)
    return x.sign == .minus ? Float(-y) : Float(y)
  }

  static func cos(_ x: Float) -> Float {
    guard x.isFinite else { return .nan }
    let (quadrant, angle) = reduced(abs(x))
    return Float(sine(quadrant + 1, angle))
  }

  /// sin(quadrant · π/2 + angle), |angle| ≤ π/4.
  private static func sine(_ quadrant: Int, _ angle: Double) -> Double {
    let y = quadrant & 1 == 0 ? sineNear0(angle) : cosineNear0(angle)
    return quadrant & 2 == 0 ? y : -y
  }

  /// The series; their next terms are below 10⁻¹⁶ of the first.
  private static func sineNear0(_ x: Double) -> Double {
    x
      * RealMath.polynomial(
        x * x,
        [
          1, -1 / 6, 1 / 120, -1 / 5040, 1 / 362_880, -1 / 39_916_800, 1 / 6_227_020_800,
          -1 / 1_307_674_368_000,
        ] as InlineArray<8, Double>)
  }
  private static func cosineNear0(_ x: Double) -> Double {
    RealMath.polynomial(
      x * x,
      [
        1, -1 / 2, 1 / 24, -1 / 720, 1 / 40_320, -1 / 3_628_800, 1 / 479_001_600,
        -1 / 87_178_291_200, 1 / 20_922_789_888_000,
      ] as InlineArray<9, Double>)
  }

  /// x = (4 n + quadrant) · π/2 + angle, for x ≥ 0.
  ///
  /// x is m · 2ᵉ, where m has 24 bits. Some bits of 2/π do not matter: those that become multiples
  /// of 4 in the product with 2ᵉ, and those that are too small. The other 128 bits are multiplied
  /// by m, modulo 2¹²⁸.
  private static func reduced(_ x: Float) -> (quadrant: Int, angle: Double) {
    guard x > 0.785398 else { return (0, Double(x)) }
    // 2/π, 64 bits before the binary point and 256 after it.
    let twoOverPi: InlineArray<5, UInt64> = [
      0, 0xA2F9_836E_4E44_1529, 0xFC27_57D1_F534_DDC0, 0xDB62_9599_3C43_9041,
      0xFE51_63AB_DEBB_C561,
    ]
    // The first of these bits has the value 2 in the product: `first` is 38 or more for x > ½, and
    // at most 166.
    let first = 39 + Int(x.exponent)
    let (word, shift) = (first / 64, UInt64(first % 64))
    let high = twoOverPi[word] << shift | twoOverPi[word + 1] >> (64 - shift)
    let low = twoOverPi[word + 1] << shift | twoOverPi[word + 2] >> (64 - shift)
    let significand = UInt64(x.significandBitPattern | 1 << 23)
    let (carry, lowProduct) = low.multipliedFullWidth(by: significand)
    let turns = high &* significand &+ carry  // 2 bits for the quadrant, then the fraction
    // The distance to the nearest quadrant, −½ ..< ½, as a signed number of 128 bits.
    let fraction = Int64(bitPattern: turns << 2 | lowProduct >> 62)
    let quadrant = Int(turns >> 62) + (fraction < 0 ? 1 : 0)
    let part = Double(fraction) / 0x1p64 + Double(lowProduct << 2) / 0x1p128
    return (quadrant, part * 1.57079632679489661923)
  }
}
