import Testing

@testable import EdgeRuntime

/// Goal: the roundings are the reference's, to the bit.
/// Method: ties and limits by hand; comparison with gemmlowp's formulas on random numbers.
@Suite struct FixedPointTests {
  @Test func `the high product rounds ties toward +∞`() {
    let half: Int32 = 1 << 30
    #expect(FixedPoint.roundingDoublingHighMultiply(15, half) == 8)
    #expect(FixedPoint.roundingDoublingHighMultiply(-15, half) == -7)
    #expect(FixedPoint.roundingDoublingHighMultiply(.min, .min) == .max)
    #expect(FixedPoint.roundingDoublingHighMultiply(.min, .max) == -.max)
    #expect(FixedPoint.roundingDoublingHighMultiply(0, .min) == 0)
  }

  @Test func `the high product is gemmlowp's`() {
    var random = SeededRandom(seed: 0x5EED_0005, for: "high product")
    for _ in 0..<100_000 {
      let a = Int32(truncatingIfNeeded: random.next())
      // Small factors make ties.
      let b =
        Int32(truncatingIfNeeded: random.next()) & ~0 << Int32.random(in: 0..<31, using: &random)
      let product = Int64(a) * Int64(b)
      let nudge: Int64 = product >= 0 ? 1 << 30 : 1 - (1 << 30)
      #expect(
        FixedPoint.roundingDoublingHighMultiply(a, b) == Int32((product + nudge) / (1 << 31)))
    }
  }

  @Test func `the shift rounds ties away from zero`() {
    #expect(FixedPoint.roundingDivide(2, byPowerOfTwo: 2) == 1)
    #expect(FixedPoint.roundingDivide(-2, byPowerOfTwo: 2) == -1)
    #expect(FixedPoint.roundingDivide(-1, byPowerOfTwo: 2) == 0)
    #expect(FixedPoint.roundingDivide(-3, byPowerOfTwo: 0) == -3)
    #expect(FixedPoint.roundingDivide(.max, byPowerOfTwo: 31) == 1)
    #expect(FixedPoint.roundingDivide(.min, byPowerOfTwo: 31) == -1)
    #expect(FixedPoint.roundingDivide(1 << 30 - 1, byPowerOfTwo: 31) == 0)
  }

  @Test func `the exponential at 0, -1 and its end`() {
    #expect(FixedPoint.exponential(ofNegative: 0) == .max)
    let one = Double(FixedPoint.exponential(ofNegative: -(1 << 26))) / 2_147_483_648
    #expect(abs(one - 0.367_879_441) < 2e-7)
    #expect(FixedPoint.exponential(ofNegative: .min + 1) >= 0)
  }

  @Test func `the reciprocal of 1 + a`() {
    for a: Int32 in [0, 1 << 29, 1 << 30, .max] {
      let real = 1 / (1 + Double(a) / 2_147_483_648)
      let found = Double(FixedPoint.reciprocalOfOnePlus(a)) / 2_147_483_648
      #expect(abs(found - real) < 1e-7)
    }
  }
}

/// Goal: real factors become the mantissa and exponent that TensorFlow Lite gives them.
@Suite struct FixedMultiplierTests {
  @Test func `powers of two, 0 and what rounds up to 1`() {
    #expect(FixedMultiplier(1) == FixedMultiplier(mantissa: 1 << 30, exponent: 1))
    #expect(FixedMultiplier(0.5) == FixedMultiplier(mantissa: 1 << 30, exponent: 0))
    #expect(FixedMultiplier(0) == FixedMultiplier(mantissa: 0, exponent: 0))
    #expect(
      FixedMultiplier(1 - 0x1p-40) == FixedMultiplier(mantissa: 1 << 30, exponent: 1))
  }

  @Test func `the limits of the exponent`() {
    #expect(FixedMultiplier(0x1p-32)?.exponent == -31)
    #expect(FixedMultiplier(0x1p-33) == FixedMultiplier(mantissa: 0, exponent: 0))
    #expect(FixedMultiplier(0x1p29)?.exponent == 30)
    #expect(FixedMultiplier(0x1p30) == nil)
    for bad in [-1, Double.infinity, .nan] { #expect(FixedMultiplier(bad) == nil) }
  }

  @Test func `products round twice`() {
    // 0.75 · 2⁻¹: 5 · 0.75 = 3.75 → 4 → 2; in one step, 1.875 → 2; 3 · 0.375 = 1.125 → 1.
    let factor = FixedMultiplier(0.375)!
    #expect(factor(5) == 2)
    #expect(factor(3) == 1)
    // 2 · 0.75 = 1.5 → 2 → 1, where 0.75 in one step gives 1 and −2 gives −1.5 → −1 → −1.
    #expect(factor(-2) == -1)
    #expect(FixedMultiplier(3)!(-7) == -21)
  }
}

/// Goal: quantization saturates, and NaN is the zero point.
@Suite struct QuantizerTests {
  @Test func `ties away from zero, limits, NaN`() {
    let quantizer = Quantizer(Affine(scale: 0.5, zeroPoint: 3), within: -128...127)
    #expect([0.25, -0.25, 0.249].map { quantizer($0) } == [4, 2, 3])
    #expect([1e30, -1e30].map { quantizer($0) } == [127, -128])
    #expect([Float.infinity, -.infinity, .nan].map { quantizer($0) } == [127, -128, 3])
    // The largest Float below one half must not round up.
    #expect(Rounding.whole(0.499_999_97) == 0)
    #expect(Rounding.whole(-0.5) == -1)
  }

  @Test func `activation limits in quantized steps`() {
    let affine = Affine(scale: 0.1, zeroPoint: -100)
    #expect(FusedActivation.relu6.range(affine, within: -128...127) == -100 ... -40)
    #expect(FusedActivation.reluN1To1.range(affine, within: -128...127) == -110 ... -90)
    #expect(FusedActivation.relu.range(affine, within: -128...127) == -100...127)
    #expect(FusedActivation.none.range(affine, within: -128...127) == -128...127)
  }
}
