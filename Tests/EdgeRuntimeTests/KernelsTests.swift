import CKernels
import Testing

@testable import EdgeRuntime

/// Goal: every version of the inner loops that this machine can run gives the same integers.
/// Method: comparison with the portable version, at all lengths around the vector sizes, with
/// random and extreme values.
@Suite struct KernelsTests {
  private static var runnable: [ck_kernels] {
    var tables: [ck_kernels] = []
    while let table = ck_runnable(tables.count) { tables.append(table.pointee) }
    return tables
  }

  private static func values(_ count: Int, _ random: inout SeededRandom) -> [Int8] {
    switch Int.random(in: 0..<4, using: &random) {
    case 0: [Int8](repeating: .min, count: count)
    case 1: [Int8](repeating: .max, count: count)
    default: (0..<count).map { _ in Int8.random(in: .min ... .max, using: &random) }
    }
  }

  @Test func `dot products of every depth and count of rows`() {
    var random = SeededRandom(seed: 0x5EED_0002, for: "dot products")
    for depth in Array(0...70) + [127, 128, 129, 640] {
      for rows in [0, 1, 3, 4, 5, 9] {
        // The arrays have exactly these lengths, so that the address sanitizer finds a read beyond
        // the end.
        let x = Self.values(depth, &random)
        let w = Self.values(depth * rows, &random)
        var expected = [Int32](repeating: 7, count: rows)
        ck_portable.dot_rows(x, w, depth, rows, &expected)
        for table in Self.runnable {
          var sums = [Int32](repeating: -7, count: rows)
          table.dot_rows(x, w, depth, rows, &sums)
          #expect(sums == expected, "\(String(cString: table.name)) \(depth) × \(rows)")
        }
      }
    }
  }

  @Test func `depthwise windows of every count of channels`() {
    var random = SeededRandom(seed: 0x5EED_0003, for: "depthwise windows")
    for channels in Array(1...70) + [128] {
      Self.expectDepthwise(channels: channels, multiplier: 1, &random)
    }
  }

  @Test func `depthwise windows with several outputs a channel`() {
    var random = SeededRandom(seed: 0x5EED_0007, for: "multiplied depthwise windows")
    for multiplier in Array(2...41) + [64, 65] {
      for channels in [1, 2, 3, 8, 9] {
        Self.expectDepthwise(channels: channels, multiplier: multiplier, &random)
      }
    }
  }

  /// A window of 3 × 3, against sums of Swift's.
  private static func expectDepthwise(
    channels: Int, multiplier: Int, _ random: inout SeededRandom
  ) {
    let outputs = channels * multiplier
    let x = values(9 * channels, &random)
    let w = values(9 * outputs, &random)
    var window = ck_window(
      rows: 3, columns: 3, x_row: 3 * channels, x_column: channels, w_row: 3 * outputs,
      w_column: outputs)
    let zero = Int32.random(in: -128...127, using: &random)
    let expected = (0..<outputs).map { output in
      (0..<9).reduce(Int32(0)) { sum, cell in
        sum + (Int32(x[cell * channels + output / multiplier]) - zero)
          * Int32(w[cell * outputs + output])
      }
    }
    for table in runnable {
      var sums = [Int32](repeating: -7, count: outputs)
      table.depthwise(x, w, &window, zero, channels, multiplier, &sums)
      #expect(sums == expected, "\(String(cString: table.name)) \(channels) × \(multiplier)")
    }
  }

  @Test func `requantization is FixedMultiplier's, to the bit`() {
    var random = SeededRandom(seed: 0x5EED_0006, for: "requantization")
    for round in 0..<2_000 {
      let count = round % 40
      // Large sums, and small ones for ties; real factors from 2⁻³⁴ to 2⁵.
      let sums = (0..<count).map { _ in
        Int32(truncatingIfNeeded: random.next()) >> Int32.random(in: 2...30, using: &random)
      }
      let bias = (0..<count).map { _ in Int32.random(in: -1000...1000, using: &random) }
      let factors = (0..<count).map { _ in
        FixedMultiplier(
          Double.random(in: 0.5...1, using: &random)
            * [0x1p-34, 0x1p-20, 0x1p-8, 0x1p-1, 1, 0x1p5].randomElement(using: &random)!)!
      }
      let expected = (0..<count).map {
        Int8(max(-100, min(90, factors[$0](sums[$0] + bias[$0]) + 7)))
      }
      let (mantissas, exponents) = (factors.map(\.mantissa), factors.map(\.exponent))
      for table in Self.runnable {
        var found = [Int8](repeating: 0, count: count)
        bias.withUnsafeBufferPointer { bias in
          mantissas.withUnsafeBufferPointer { mantissas in
            exponents.withUnsafeBufferPointer { exponents in
              var outputs = ck_outputs(
                bias: bias.baseAddress, mantissa: mantissas.baseAddress,
                exponent: exponents.baseAddress, zero_point: 7, low: -100, high: 90)
              table.requantize(sums, &outputs, 0, count, &found)
            }
          }
        }
        #expect(found == expected, "\(String(cString: table.name))")
      }
    }
  }

  @Test func `the best version is in use and has a name`() {
    let best = Self.runnable.last!
    #expect(kernelName() == String(cString: best.name))
    #expect(ck_runnable(100) == nil)
  }
}
