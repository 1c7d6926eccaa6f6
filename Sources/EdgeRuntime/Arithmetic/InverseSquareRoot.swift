/// 1 / √n for whole n as a `FixedMultiplier`. Every bit is as in TensorFlow Lite
/// (GetInvSqrtQuantizedMultiplierExp in common.h): five steps of Newton and Raphson in Q3.28 from
/// 1, on n shifted by pairs of bits into 2²⁷ ..< 2²⁹. 0 counts as 1.
enum InverseSquareRoot {
  @inline(never)  // called once for each row, by two kinds of operators
  static func of(_ n: Int32) -> FixedMultiplier {
    guard n > 1 else { return FixedMultiplier(mantissa: .max, exponent: 0) }
    var (n, right) = (n, Int32(11))
    while n >= 1 << 29 {
      n /= 4
      right &+= 1
    }
    let pairs = (Int32(n.leadingZeroBitCount) &- 1) / 2 &- 1
    right &-= pairs
    n = n &<< (2 &* pairs)

    let value = n &>> 1
    let halfValue = FixedPoint.roundingDivide(value, byPowerOfTwo: 1)
    let oneAndHalf: Int32 = (1 << 28) + (1 << 27)
    var x: Int32 = 1 << 28
    for _ in 0..<5 {
      // Products of Q3.28 are Q6.25 and Q9.22; a left shift makes them Q3.28 again.
      let cube = FixedPoint.saturatingShiftLeft(product(product(x, x), x), 6)
      x = FixedPoint.saturatingShiftLeft(product(oneAndHalf, x) &- product(halfValue, cube), 3)
    }
    x = product(x, 1_518_500_250)  // √½
    return right < 0
      ? FixedMultiplier(mantissa: x &<< -right, exponent: 0)
      : FixedMultiplier(mantissa: x, exponent: -right)
  }

  @inline(__always)
  private static func product(_ a: Int32, _ b: Int32) -> Int32 {
    FixedPoint.roundingDoublingHighMultiply(a, b)
  }
}
