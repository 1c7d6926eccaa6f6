import CPlatform
import Testing

import TestSupport
@testable import Text

/// Goal: the nearest Double for every decimal text, and nil for everything else.
/// Method: texts that are known to be hard, then seeded random ones, compared with the C library
/// bit for bit.
@Suite struct DecimalNumberTests {
  private func parse(_ text: String) -> Double? {
    Array(text.utf8).withUnsafeBytes { DecimalNumber.parse($0) }
  }

  private func differs(_ text: String) -> Bool {
    parse(text)?.bitPattern != strtod(text, nil).bitPattern
  }

  @Test(arguments: [
    "0", "-0", "1", "-1", "+1", "1.", ".5", "-.5e1", "0.1", "1e22", "1e23", "1e-22", "1e-23",
    "9007199254740992", "9007199254740993", "9007199254740993.0000000000000000000000001",
    "123456789012345678901234567890", "0.000000000000000000000000000000123456789",
    "1.7976931348623157e308", "1.7976931348623158e308", "1.7976931348623159e308", "1e309", "-1e999",
    "4.9406564584124654e-324", "2.4703282292062327e-324", "2.4703282292062328e-324", "1e-400",
    "2.2250738585072011e-308", "2.2250738585072014e-308", "6.9294956446009195e15", "0e999999999999",
    "8.5e0", "1E5", "1e+5", "0000000000000000000000000000001", "0.5e-0000000000000000000000000001",
    "1e99999999999999999999999", "1e-99999999999999999999999",
  ])
  func `agrees with the C library`(text: String) {
    #expect(!differs(text))
  }

  @Test func `digits without end decide as they should`() {
    let half = "9007199254740993"  // half-way between two Doubles: rounds to the even one, down
    let zeros = String(repeating: "0", count: 5000)
    #expect(parse("\(half).\(zeros)") == 9_007_199_254_740_992)
    #expect(parse("\(half).\(zeros)1") == 9_007_199_254_740_994)
    #expect(parse("0.\(zeros)1e5001") == 1)
    #expect(parse("1\(zeros)e-5000") == 1)
    #expect(parse(String(repeating: "9", count: 400)) == .infinity)
    #expect(!differs("1" + String(repeating: "23456789", count: 120) + "e-1300"))
  }

  /// (2⁵⁴ − 1) · 2⁻¹⁰⁷⁵ = (2⁵⁴ − 1) · 5¹⁰⁷⁵ · 10⁻¹⁰⁷⁵
  @Test func `the longest half-way point needs all of its 768 digits`() {
    var digits = [1, 8, 0, 1, 4, 3, 9, 8, 5, 0, 9, 4, 8, 1, 9, 8, 3]
    for _ in 0..<1075 {
      var carry = 0
      for index in digits.indices.reversed() {
        let product = digits[index] * 5 + carry
        (digits[index], carry) = (product % 10, product / 10)
      }
      if carry > 0 { digits.insert(carry, at: 0) }
    }
    #expect(digits.count == 768)
    let text = digits.map(String.init).joined()
    let (even, odd) = (0x1p-1021, 0x1.fffffffffffffp-1022)
    #expect(parse("\(text)e-1075") == even)
    #expect(parse("\(text)0000000001e-1085") == even)
    #expect(parse("\(text.dropLast())4999999999e-1084") == odd)
  }

  @Test(arguments: [
    "", "+", "-", ".", "-.", "e5", ".e5", "1e", "1e+", "1e-", "1e5.", "1 ", " 1", "1x", "0x10",
    "--1",
    "+-1", "1..2", "1.2.3", "nan", "inf", "infinity", "1_000", "1,5", "1e5e5", "１", "1\u{0}",
  ])
  func `refuses what is no number`(text: String) {
    #expect(parse(text) == nil)
  }

  @Test(arguments: ["1,5", "-0,435e1", "\(String(repeating: "1", count: 30)),25", ",5", "5,"])
  func `another point`(text: String) {
    let comma = Array(text.utf8).withUnsafeBytes { DecimalNumber.parse($0, point: 0x2C) }
    let plain = String(text.map { $0 == "," ? "." : $0 })
    #expect(comma != nil && comma == parse(plain))
    #expect(Array(plain.utf8).withUnsafeBytes { DecimalNumber.parse($0, point: 0x2C) } == nil)
  }

  @Test func `random texts, bit for bit`() {
    var random = SeededGenerator("decimal numbers")
    var differing: [String] = []
    for _ in 0..<100_000 {
      let text = randomText(&random)
      if differs(text) { differing.append(text) }
    }
    #expect(differing.isEmpty, "\(differing.prefix(3))")
  }

  private func randomText(_ random: inout SeededGenerator) -> String {
    func digits(_ range: ClosedRange<Int>) -> String {
      let count = Int.random(in: range, using: &random)
      return String(decoding: random.bytes(count, in: 0x30...0x39), as: UTF8.self)
    }
    switch Int.random(in: 0..<5, using: &random) {
    case 0: return "\(Double(bitPattern: random.next() & ~(0x4 << 60)))"  // finite, below 2
    case 1: return "-\(digits(1...3)).\(digits(1...4))"
    case 2:
      return "\(digits(1...20)).\(digits(0...20))e\(Int.random(in: -340...310, using: &random))"
    case 3: return "\(digits(1...40))"
    default:
      let longest = Int.random(in: 0..<20, using: &random) == 0 ? 900 : 60
      return "0.\(digits(1...longest))e-\(Int.random(in: 0...40, using: &random))"
    }
  }
}
