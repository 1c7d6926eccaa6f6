import CKernels
import Testing

/// Goal: the loops for uint8, int16 and packed weights give the exact sums.
/// Method: comparison with plain Swift sums in Int, at lengths around the blocks, with random and
/// extreme values.
@Suite struct RareKernelsTests {
  @Test(arguments: [0, 1, 2, 15, 16, 33, 255, 256, 257, 1000])
  func `dot products of uint8 and int16`(depth: Int) {
    var random = SeededRandom(seed: 0x5EED_0010, for: "rare dot products")
    let rows = 3
    for extreme in [false, true] {
      let x8 = (0..<depth).map { _ in extreme ? 255 : UInt8.random(in: 0...255, using: &random) }
      let w8 = (0..<depth * rows).map { _ in
        extreme ? 255 : UInt8.random(in: 0...255, using: &random)
      }
      let x16 = (0..<depth).map { _ in
        extreme ? Int16.min : .random(in: .min ... .max, using: &random)
      }
      let signed = w8.map { extreme ? Int8.min : Int8(bitPattern: $0) }
      var (narrow, wide) = ([Int32](repeating: 7, count: rows), [Int64](repeating: 7, count: rows))
      ck_dot_rows_u8(x8, w8, depth, rows, 3, 200, &narrow)
      ck_dot_rows_16(x16, signed, depth, rows, &wide)
      for row in 0..<rows {
        let terms = (0..<depth).map { ($0, row * depth + $0) }
        #expect(
          Int(narrow[row]) == terms.reduce(0) { $0 + (Int(x8[$1.0]) - 3) * (Int(w8[$1.1]) - 200) })
        #expect(Int(wide[row]) == terms.reduce(0) { $0 + Int(x16[$1.0]) * Int(signed[$1.1]) })
      }
    }
  }

  @Test(arguments: [(1, 1), (5, 1), (2, 3), (17, 2), (40, 1), (1, 8), (3, 15), (2, 41)])
  func `depthwise windows of uint8 and int16`(channels: Int, multiplier: Int) {
    var random = SeededRandom(seed: 0x5EED_0011, for: "rare windows")
    let outputs = channels * multiplier
    // A window of 2 × 2 in an image three cells wide.
    let x = (0..<6 * channels).map { _ in UInt8.random(in: 0...255, using: &random) }
    let wideX = x.map { (Int16($0) - 128) * 256 }
    let w = (0..<4 * outputs).map { _ in UInt8.random(in: 0...255, using: &random) }
    let signed = w.map { Int8(bitPattern: $0) }
    var window = ck_window(
      rows: 2, columns: 2, x_row: 3 * channels, x_column: channels, w_row: 2 * outputs,
      w_column: outputs)
    var narrow = [Int32](repeating: 7, count: outputs)
    var wide = [Int64](repeating: 7, count: outputs)
    ck_depthwise_u8(x, w, &window, 9, 130, channels, multiplier, &narrow)
    ck_depthwise_16(wideX, signed, &window, channels, multiplier, &wide)
    for output in 0..<outputs {
      var (sum, wideSum) = (0, 0)
      for cell in 0..<4 {
        let place = (cell / 2 * 3 + cell % 2) * channels + output / multiplier
        sum += (Int(x[place]) - 9) * (Int(w[cell * outputs + output]) - 130)
        wideSum += Int(wideX[place]) * Int(signed[cell * outputs + output])
      }
      #expect(Int(narrow[output]) == sum)
      #expect(Int(wide[output]) == wideSum)
    }
  }

  @Test func `half bytes come out low half first, from any place`() {
    let packed: [UInt8] = [0x10, 0x87, 0xFE]
    let values: [Int8] = [0, 1, 7, -8, -2, -1]
    for first in 0..<6 {
      for count in 0...(6 - first) {
        var found = [Int8](repeating: 99, count: count + 1)
        ck_unpack_4(packed, first, count, &found)
        #expect(found == values[first..<(first + count)] + [99])
      }
    }
  }
}
