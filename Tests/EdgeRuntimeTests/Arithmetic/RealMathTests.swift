import Glibc
import Testing

@testable import EdgeRuntime

/// Goal: real functions in plain arithmetic are within one unit in the last place of Float32 of the
/// C library's, everywhere, and exact where something special happens.
/// Method: random Floats of every relevant magnitude, compared with glibc's Double functions;
/// limits, zeros, infinities and NaN by hand.
@Suite struct RealMathTests {
  private struct Function: Sendable {
    let name: String
    let ours: @Sendable (Float) -> Float
    let glibc: @Sendable (Double) -> Double
    /// Magnitudes to try, as powers of two.
    let exponents: ClosedRange<Int>
  }

  private static let functions: [Function] = [
    Function(
      name: "exp", ours: { Float(RealMath.exp(Double($0))) }, glibc: exp, exponents: -20...7),
    Function(
      name: "expm1", ours: { Float(RealMath.expm1(Double($0))) }, glibc: expm1, exponents: -60...7),
    Function(
      name: "tanh", ours: { Float(RealMath.tanh(Double($0))) }, glibc: tanh, exponents: -60...6),
    Function(
      name: "log", ours: { Float(RealMath.log(Double(abs($0)))) }, glibc: { log(abs($0)) },
      exponents: -126...127),
    Function(
      name: "erfc", ours: { Float(RealMath.erfc(Double($0))) }, glibc: erfc, exponents: -20...3),
    Function(name: "sin", ours: Trigonometry.sin, glibc: sin, exponents: -60...127),
    Function(name: "cos", ours: Trigonometry.cos, glibc: cos, exponents: -20...127),
  ]

  @Test func `every function is glibc's to one unit in the last place`() {
    var random = SeededRandom(seed: 0x5EED_0010, for: "real functions")
    for function in Self.functions {
      var (nearest, tried) = (0, 0)
      for exponent in function.exponents {
        for _ in 0..<500 {
          let bits = UInt32(exponent + 127) << 23 | UInt32.random(in: 0..<1 << 23, using: &random)
          let x = Float(bitPattern: bits) * (Bool.random(using: &random) ? 1 : -1)
          let (found, expected) = (function.ours(x), Float(function.glibc(Double(x))))
          #expect(
            found == expected || found == expected.nextUp || found == expected.nextDown,
            "\(function.name)(\(x)) = \(found), glibc \(expected)")
          (nearest, tried) = (nearest + (found == expected ? 1 : 0), tried + 1)
        }
      }
      #expect(nearest >= tried - 1, "\(function.name)")
    }
  }

  @Test func `limits, infinities and NaN`() {
    let (exp, log): ((Double) -> Double, (Double) -> Double) = (RealMath.exp, RealMath.log)
    #expect(exp(0) == 1 && RealMath.expm1(0) == 0)
    #expect(exp(-701) == 0 && exp(701) == .infinity)
    #expect(exp(-.infinity) == 0 && exp(.nan).isNaN)
    #expect(RealMath.expm1(-701) == -1 && RealMath.expm1(701) == .infinity)
    #expect(RealMath.expm1(.nan).isNaN)
    #expect(RealMath.tanh(.infinity) == 1 && RealMath.tanh(-.infinity) == -1)
    #expect(RealMath.tanh(-0.0).sign == .minus && RealMath.tanh(.nan).isNaN)
    #expect(log(0) == -.infinity && log(-1).isNaN && log(1) == 0)
    #expect(log(.infinity) == .infinity && log(.nan).isNaN)
    #expect(RealMath.erfc(100) == 0 && RealMath.erfc(-100) == 2 && RealMath.erfc(.nan).isNaN)
    #expect(abs(RealMath.erfc(0) - 1) < 1e-11)
    #expect(Trigonometry.sin(.infinity).isNaN && Trigonometry.cos(.nan).isNaN)
    #expect(Trigonometry.sin(-0.0).sign == .minus && Trigonometry.cos(0) == 1)
  }

  @Test func `multiples of π/2 that Float32 comes closest to`() {
    // The hardest case of the argument reduction: all but 2⁻³⁰ of a quadrant is subtracted.
    for x: Float in [0x1.6ac5b2p+102, 16_367_173 * 0x1p72, .greatestFiniteMagnitude, 1.57079637] {
      #expect(Trigonometry.sin(x) == Float(sin(Double(x))))
      #expect(Trigonometry.cos(x) == Float(cos(Double(x))))
    }
  }

  @Test func `floor keeps signs and what is whole`() {
    let reals: [Float] = [-1.5, -1, -0.5, -0.0, 0, 0.5, 1, 8_388_607.5, 8_388_608, -1e30]
    for x in reals {
      #expect(Rounding.floor(x) == x.rounded(.down))
      #expect(Rounding.floor(x).sign == x.rounded(.down).sign)
    }
    #expect(Rounding.floor(.infinity) == .infinity && Rounding.floor(.nan).isNaN)
  }

  @Test func `fixed-point sigmoids are odd around their middle and near the real ones`() {
    #expect(FixedPoint.logistic(0) == 1 << 30 && FixedPoint.tanh(0) == 0)
    for x in [-15.0, -3, -0.75, -0.001, 0.001, 0.5, 2, 15] {
      let a = Int32(x * 0x1p27)
      #expect(abs(Double(FixedPoint.logistic(a)) / 0x1p31 - 1 / (1 + exp(-x))) < 1e-6)
      #expect(abs(Double(FixedPoint.tanh(a)) / 0x1p31 - tanh(x)) < 1e-6)
      #expect(FixedPoint.tanh(-a) == -FixedPoint.tanh(a))
      #expect(FixedPoint.logistic(-a) == .max - FixedPoint.logistic(a))
    }
  }

  @Test func `the inverse square root of small, large and missing numbers`() {
    for n: Int32 in [0, 1, 2, 3, 4, 255, 65_536, 1 << 29, .max] {
      let root = InverseSquareRoot.of(n)
      let real = Double(root.mantissa) / 0x1p31 * pow(2, Double(root.exponent))
      #expect(abs(real * Double(max(n, 1)).squareRoot() - 1) < 1e-4, "\(n)")
    }
  }
}
