import Glibc
import Testing

@testable import EdgeRuntime

/// Goal: the runtime's exponential and logarithm are as exact as the C library's, and the same
/// everywhere.
/// Method: comparison with libm in double precision over the whole range; fixed bits for a few
/// arguments.
@Suite struct RealFunctionTests {
  /// How many Floats are between two Floats of one sign.
  private func distance(_ a: Float, _ b: Float) -> Int {
    abs(Int(Int32(bitPattern: a.bitPattern)) - Int(Int32(bitPattern: b.bitPattern)))
  }

  @Test func `e to the x, within half a unit of the last place and near-ties`() {
    var random = SeededRandom(seed: 5, for: "exponential")
    for _ in 0..<20_000 {
      let x = Float.random(in: -105...89, using: &random)
      #expect(distance(RealMath.exp(x), Float(Glibc.exp(Double(x)))) <= 1, "\(x)")
      let near = Double.random(in: -700...700, using: &random)
      let expected = Glibc.exp(near)
      #expect(abs(RealMath.exp(near) - expected) <= expected * 2e-15, "\(near)")
    }
    #expect(RealMath.exp(Float(0)) == 1)
    #expect(RealMath.exp(Float(1)).bitPattern == 0x402D_F854)
    #expect(RealMath.exp(Float(-1)).bitPattern == 0x3EBC_5AB2)
    #expect(RealMath.exp(-Float.infinity) == 0)
    #expect(RealMath.exp(Float.infinity) == .infinity)
    #expect(RealMath.exp(Float(1e38)) == .infinity)
    #expect(RealMath.exp(Float.nan).isNaN)
  }

  @Test func `the natural logarithm`() {
    var random = SeededRandom(seed: 6, for: "logarithm")
    for _ in 0..<20_000 {
      let x = Float(bitPattern: UInt32.random(in: 1..<0x7F80_0000, using: &random))
      #expect(distance(RealMath.log(x), Float(Glibc.log(Double(x)))) <= 1, "\(x)")
      let nearOne = Float.random(in: 0.9...1.1, using: &random)
      #expect(
        distance(RealMath.log(nearOne), Float(Glibc.log(Double(nearOne)))) <= 1, "\(nearOne)")
    }
    #expect(RealMath.log(Float(1)) == 0)
    #expect(RealMath.log(Float(2)).bitPattern == 0x3F31_7218)
    #expect(RealMath.log(Float(0)) == -.infinity)
    #expect(RealMath.log(Float.infinity) == .infinity)
    #expect(RealMath.log(Float(-1)).isNaN && RealMath.log(Float.nan).isNaN)
  }

  @Test func `1 / √n in fixed point`() {
    for n in [2, 3, 4, 5, 1000, 65536, 1 << 29, Int32.max] as [Int32] {
      let root = InverseSquareRoot.of(n)
      let real = Double(root.mantissa) / 2_147_483_648 * Glibc.pow(2, Double(root.exponent))
      #expect(abs(real * Glibc.sqrt(Double(n)) - 1) < 1e-5, "\(n)")
    }
    #expect(InverseSquareRoot.of(0) == InverseSquareRoot.of(1))
  }

  @Test func `ln x in fixed point`() {
    // x in Q12.19, the result in Q5.26.
    for x in [1, 1.5, 2, 10, 700, 4095.9] {
      let found = Double(FixedLogarithm.of(Int32(x * 524_288))) / 67_108_864
      #expect(abs(found - Glibc.log(x)) < 1e-4, "\(x)")
    }
  }

  @Test func `tables interpolate, and NaN is 0`() {
    var points = [Int16](repeating: 1, count: InterpolatedTable.pointCount)
    points.withUnsafeMutableBufferPointer { buffer in
      let identity = InterpolatedTable(buffer.baseAddress!, scale: 1 / 32768, zeroPoint: 0) { $0 }
      for x in [-32768, -32767, -1, 0, 1, 63, 64, 127, 128, 32767] as [Int16] {
        #expect(abs(Int(identity(x)) - Int(x)) <= 1, "\(x)")
      }
      let nothing = InterpolatedTable(buffer.baseAddress!, scale: 1, zeroPoint: 0) { _ in .nan }
      #expect(nothing(5) == 0)
    }
  }
}
