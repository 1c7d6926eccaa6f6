import Testing

@testable import Text

/// Goal: numbers are written as a person would write them.
@Suite struct DecimalTests {
  @Test(arguments: [
    (0.0, 2, "0.00"), (-0.001, 2, "0.00"), (1.005, 1, "1.0"), (12.345, 0, "12"),
    (-2.5, 1, "-2.5"), (0.05, 1, "0.1"), (999.999, 2, "1000.00"), (.infinity, 2, "inf"),
    (8_999_999_999_999, 0, "8999999999999"), (9e12, 6, "9000000000000.0"),
    (-1e300, 3, "-1e+300"),
  ])
  func `keeps the decimals asked for`(value: Double, decimals: Int, expected: String) {
    #expect(Decimal.text(value, decimals: decimals) == expected)
  }

  @Test(arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567")])
  func `sets thousands apart`(value: Int, expected: String) {
    #expect(Decimal.grouped(value) == expected)
  }

  @Test func `counts things in words`() {
    #expect(Decimal.count(1, "sensor") == "1 sensor")
    #expect(Decimal.count(2000, "alert") == "2,000 alerts")
  }

  @Test func `fills to a width`() {
    #expect(Decimal.right("7", width: 3) == "  7")
    #expect(Decimal.left("7", width: 3) == "7  ")
    #expect(Decimal.left("long", width: 2) == "long")
  }
}
