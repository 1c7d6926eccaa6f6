/// The real functions that models use, the same on every machine.
///
/// Two C libraries may differ in the last bit of `expf`, but sums, products and quotients of Double
/// do not differ. The error of these series is about 10⁻¹⁵ of their result (erfc: 3·10⁻¹²), and the
/// rounding to Float is about 6·10⁻⁸. So the result is the nearest Float, except for one argument
/// in many millions, which is off by one unit in the last place.
enum RealMath {
  private static let ln2High = 0.693147180369123816490  // 32 bits: a small multiple is exact
  private static let ln2Low = 1.90821492927058770002e-10

  /// eˣ with the range that Float needs: 0 below −700, infinity above 700.
  static func exp(_ x: Double) -> Double {
    guard x > -700 else { return x.isNaN ? x : 0 }
    guard x < 700 else { return .infinity }
    let (k, r) = reduced(x)
    return powerOfTwo(k) * (1 + expm1Near0(r))
  }

  /// eˣ, the nearest Float.
  static func exp(_ x: Float) -> Float { Float(exp(Double(x))) }

  /// The natural logarithm, the nearest Float.
  static func log(_ x: Float) -> Float { Float(log(Double(x))) }

  /// eˣ − 1, as precise near 0 as anywhere.
  static func expm1(_ x: Double) -> Double {
    guard x > -700 else { return x.isNaN ? x : -1 }
    guard x < 700 else { return .infinity }
    let (k, r) = reduced(x)
    let power = powerOfTwo(k)
    return power * expm1Near0(r) + (power - 1)
  }

  static func tanh(_ x: Double) -> Double {
    let twice = expm1(2 * abs(x))
    let y = twice > 1e17 ? 1 : twice / (twice + 2)
    return x < 0 ? -y : (x == 0 ? x : y)
  }

  /// x = k · ln 2 + r, |r| ≤ ½ ln 2.
  private static func reduced(_ x: Double) -> (k: Int, r: Double) {
    let k = Int(x * 1.44269504088896340736 + (x < 0 ? -0.5 : 0.5))
    return (k, (x - Double(k) * ln2High) - Double(k) * ln2Low)
  }

  private static func powerOfTwo(_ k: Int) -> Double {
    Double(bitPattern: UInt64(truncatingIfNeeded: k + 1023) << 52)
  }

  /// The series of eʳ − 1; its next term is below 10⁻¹⁷ of the first.
  private static func expm1Near0(_ r: Double) -> Double {
    let series = polynomial(
      r,
      [
        1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040, 1 / 40_320, 1 / 362_880, 1 / 3_628_800,
        1 / 39_916_800, 1 / 479_001_600, 1 / 6_227_020_800, 1 / 87_178_291_200,
      ] as InlineArray<13, Double>)
    return r + r * r * series
  }

  /// c₀ + c₁ x + c₂ x² …
  @inline(__always)
  static func polynomial<let count: Int>(
    _ x: Double, _ coefficients: InlineArray<count, Double>
  ) -> Double {
    var y = coefficients[count - 1]
    var index = count - 2
    while index >= 0 {
      y = coefficients[index] + x * y
      index -= 1
    }
    return y
  }

  /// The natural logarithm: −infinity at 0, NaN below 0.
  static func log(_ x: Double) -> Double {
    guard x > 0 else { return x == 0 ? -.infinity : .nan }
    guard x < .infinity else { return x }
    var (exponent, significand) = (Double(x.exponent), x.significand)
    if significand > 1.41421356237309504880 {
      significand /= 2
      exponent += 1
    }
    // log m = 2 artanh((m − 1) / (m + 1))
    let s = (significand - 1) / (significand + 1)
    let z = s * s
    let series = polynomial(
      z,
      [
        1, 1 / 3, 1 / 5, 1 / 7, 1 / 9, 1 / 11, 1 / 13, 1 / 15, 1 / 17, 1 / 19, 1 / 21,
      ] as InlineArray<11, Double>)
    return exponent * ln2High + (2 * s * series + exponent * ln2Low)
  }

  /// 1 − erf x, as precise far from 0 as near.
  static func erfc(_ x: Double) -> Double {
    guard !x.isNaN else { return x }
    let magnitude = min(abs(x), 40)  // erfc 40 is 0 as a Float
    let t = 2 / (2 + magnitude)
    let y = t * exp(-magnitude * magnitude) * chebyshev(2 * t - 1)
    return x < 0 ? 2 - y : y
  }

  /// exp(x²) · erfc(x) / t by t = 2 / (2 + x), u = 2 t − 1, interpolated at 64 Chebyshev nodes.
  private static func chebyshev(_ u: Double) -> Double {
    let coefficients: InlineArray<17, Double> = [
      0.355436921270498487, 0.0650951588287865246, 0.00367114239583663917,
      -0.0011128447433526325, -0.000160758299153780798, 0.0000327803157417313706,
      5.44244164550501603e-6, -1.51546655531714816e-6, -1.42976081811698649e-7,
      8.23460882741949343e-8, -1.29628468523065625e-9, -4.1547216310151983e-9,
      6.34705827836281118e-10, 1.43208227122562237e-10, -6.16039010520458554e-11,
      2.06121385547216963e-12, 3.57149314884770445e-12,
    ]
    var (a, b) = (0.0, 0.0)
    var index = coefficients.count - 1
    while index >= 0 {
      (a, b) = (2 * u * a - b + coefficients[index], a)
      index -= 1
    }
    return u * a - b + 1.15406747723293938 / 2
  }
}
