import Testing

@testable import EdgeRuntime

/// Goal: ADD, SUB, MUL, DIV and SQUARED_DIFFERENCE compute what their doc comments say, for every
/// type, and no value of a tensor makes them trap.
/// Method: sums worked by hand; DIV over all pairs of bytes.
@Suite struct ArithmeticOperatorTests {
  // MARK: ADD and SUB

  @Test func `SUB of two scales`() throws {
    var model = OperatorFixtures.add()
    model.nodes[0].kind = .sub
    model.nodes[0].optionsType = Schema.Sub.optionsType
    // a − b / 2, in halves: 2a − b.
    #expect(try model.infer([1, 2, -3, -100], [5, -7]) == [-3, 11, -11, -128])
  }

  @Test func `ADD and SUB of UInt8 take off their zero points`() throws {
    let add = ModelBuilder.pair(.add, 3, .uint8, (1, 100), (0.5, 10), to: (0.5, 128))
    // 2 (a − 100) + (b − 10) + 128
    #expect(try add.elements([101, 99, 255, 12, 9, 255] as [UInt8]) == [132, 125, 255] as [UInt8])
    let sub = ModelBuilder.pair(.sub, 3, .uint8, (1, 100), (0.5, 10), to: (0.5, 128))
    #expect(try sub.elements([101, 99, 0, 12, 9, 255] as [UInt8]) == [128, 127, 0] as [UInt8])
  }

  @Test func `SUB of Int8 works its factors out in single precision`() throws {
    // The result differs by one step from double precision, with which ADD and TensorFlow Lite's
    // UInt8 compute.
    let int8 = ModelBuilder.pair(.sub, 1, .int8, (0.116, 0), (0.221, 0), to: (0.822, 0))
    #expect(try int8.infer([-39], [-93]) == [20])
    let uint8 = ModelBuilder.pair(.sub, 1, .uint8, (0.116, 128), (0.221, 128), to: (0.822, 0))
    #expect(try uint8.elements([89, 35] as [UInt8]) == [19] as [UInt8])
    let add = ModelBuilder.pair(.add, 1, .int8, (0.116, 0), (0.221, 0), to: (0.822, 0))
    #expect(try add.infer([-39], [93]) == [19])
  }

  @Test func `ADD and SUB of Int16`() throws {
    let values: [Int16] = [1000, -32768, 32767, -3, -32768, 2]
    // (a + b) · 2 / 3: 664.67 and −43690 and 21846.
    let add = ModelBuilder.pair(.add, 3, .int16, to: (1.5, 0))
    #expect(try add.elements(values) == [665, -32768, 21846] as [Int16])
    let sub = ModelBuilder.pair(.sub, 3, .int16, to: (1.5, 0))
    #expect(try sub.elements(values) == [669, 0, 21843] as [Int16])
  }

  @Test func `ADD and SUB of Int32 wrap, then clamp`() throws {
    let values: [Int32] = [.max, 5, -3, 1, 2, 1]
    let add = ModelBuilder.plain(.add, [[3], [3]], .int32, to: [3])
    #expect(try add.elements(values) == [.min, 7, -2] as [Int32])
    #expect(try add.with(activation: 3).elements(values) == [0, 6, 0] as [Int32])
    let sub = ModelBuilder.plain(.sub, [[3], [3]], .int32, to: [3])
    #expect(try sub.elements(values) == [.max - 1, 3, -4] as [Int32])
    #expect(try sub.with(activation: 1).elements(values) == [.max - 1, 3, 0] as [Int32])
  }

  @Test func `Float32 without an activation turns infinities into the largest number`() throws {
    let values: [Float] = [1.5, .infinity, -.infinity, .nan, 0.25, 1, 1, 1]
    let sum: [Float] = try ModelBuilder.plain(.add, [[4], [4]], .float32, to: [4]).elements(values)
    #expect(sum[..<3] == [1.75, .greatestFiniteMagnitude, -.greatestFiniteMagnitude])
    #expect(sum[3].isNaN)
    let difference = ModelBuilder.plain(.sub, [[4], [4]], .float32, to: [4])
    let clamped: [Float] = try difference.with(activation: 2).elements(values)
    #expect(clamped[..<3] == [1, 1, -1])
    #expect(clamped[3].isNaN)
  }

  // MARK: MUL

  @Test func `MUL of Int8 rounds the product first`() throws {
    let one = ModelBuilder.pair(.mul, 3, .int8, (0.5, 1), (0.5, -1), to: (0.25, 0))
    // (a − 1)(b + 1)
    #expect(try one.infer([3, -9, 101], [4, -6, 1]) == [10, 50, 127])
    let half = ModelBuilder.pair(.mul, 2, .int8, (0.5, 0), (0.5, 0), to: (0.5, 3))
    // 7.5 and −7.5, ties toward +∞, plus 3.
    #expect(try half.infer([3, -3], [5, 5]) == [11, -4])
    #expect(try half.with(activation: 1).infer([3, -3], [5, 5]) == [11, 3])
  }

  @Test func `MUL of UInt8, Int16, Int32 and Float32`() throws {
    let bytes = ModelBuilder.pair(.mul, 2, .uint8, (1, 128), (1, 128), to: (1, 128))
    #expect(try bytes.elements([131, 120, 124, 119] as [UInt8]) == [116, 200] as [UInt8])
    let short = ModelBuilder.pair(.mul, 2, .int16, (1, 0), (1, 0), to: (4, 0))
    #expect(try short.elements([1000, -32768, -3, -32768] as [Int16]) == [-750, 32767] as [Int16])
    let integers = ModelBuilder.plain(.mul, [[2], [2]], .int32, to: [2])
    #expect(try integers.elements([1 << 20, -3, 1 << 12, 7] as [Int32]) == [0, -21] as [Int32])
    let reals = ModelBuilder.plain(.mul, [[2], [2]], .float32, to: [2])
    #expect(try reals.elements([1.5, -2, 4, 0.25] as [Float]) == [6, -0.5] as [Float])
  }

  // MARK: DIV

  @Test func `DIV of Int8`() throws {
    let model = ModelBuilder.pair(.div, 5, .int8, to: (0.25, 0))
    // 3.5, −3.5, −3.5, 3.5 and 1/3, in quarters.
    #expect(try model.infer([7, -7, 7, -7, 1], [2, 2, -2, -2, 3]) == [14, -14, -14, 14, 1])
    #expect(
      try model.with(activation: 2).infer([7, -7, 1, -7, 1], [2, 2, -2, -2, 3])
        == [4, -4, -2, 4, 1])
  }

  @Test(
    arguments: [
      (.int8, (0.5, 3), (0.5, -128), (0.125, 10)), (.uint8, (0.01, 128), (0.02, 5), (0.02, 128)),
      (.int8, (1, 0), (100, 0), (1e-5, 0)), (.int8, (0.009, -17), (0.0117, -128), (665.9, 123)),
    ] as [(ElementType, (Float, Int64), (Float, Int64), (Float, Int64))])
  func `DIV of all pairs of bytes is within a step of the quotient, and never traps`(
    type: ElementType, a: (Float, Int64), b: (Float, Int64), y: (Float, Int64)
  ) throws {
    let model = ModelBuilder.pair(.div, 65536, type, a, b, to: y)
    let left = (0..<65536).map { UInt8(truncatingIfNeeded: $0) }
    let right = (0..<65536).map { UInt8(truncatingIfNeeded: $0 >> 8) }
    let found: [UInt8] = try model.elements(left + right)
    func value(_ byte: UInt8) -> Double {
      Double(type == .int8 ? Int(Int8(bitPattern: byte)) : Int(byte))
    }
    let range = type == .int8 ? -128.0...127.0 : 0.0...255.0
    var far = 0
    for index in found.indices where value(right[index]) != Double(b.1) {
      let steps =
        Double(a.0) * (value(left[index]) - Double(a.1))
        / (Double(b.0) * (value(right[index]) - Double(b.1))) / Double(y.0)
      // Below one step the count of bits wraps in the reference, and here, too.
      guard abs(steps) >= 1 else { continue }
      let nearest = min(max(steps + Double(y.1), range.lowerBound), range.upperBound)
      if abs(value(found[index]) - nearest) > 1.01 { far += 1 }
    }
    #expect(far == 0)
  }

  @Test func `DIV of Int32 cuts toward 0 and saturates where there is no quotient`() throws {
    let model = ModelBuilder.plain(.div, [[6], [6]], .int32, to: [6])
    let values: [Int32] = [7, -7, .min, 5, -5, 0, 2, 2, -1, 0, 0, 0]
    #expect(try model.elements(values) == [3, -3, .max, .max, .min, 0] as [Int32])
    #expect(try model.with(activation: 3).elements(values) == [3, 0, 6, 6, 0, 0] as [Int32])
  }

  @Test func `DIV of Float32`() throws {
    let model = ModelBuilder.plain(.div, [[3], [3]], .float32, to: [3])
    let found: [Float] = try model.elements([1, -1, 0, 4, 0, 0] as [Float])
    #expect(found[..<2] == [0.25, -.greatestFiniteMagnitude])
    #expect(found[2].isNaN)
  }

  // MARK: SQUARED_DIFFERENCE

  @Test func `SQUARED_DIFFERENCE of every type`() throws {
    // (a − b / 2)²: 2.5² = 6.25, 12² = 144, 0.
    let bytes = ModelBuilder.pair(.squaredDifference, 3, .int8, (1, 0), (0.5, 0), to: (1, -100))
    #expect(try bytes.infer([1, 2, 3], [-3, -20, 6]) == [-94, 44, -100])
    let short = ModelBuilder.pair(.squaredDifference, 2, .int16, to: (4, 0))
    #expect(try short.elements([100, -3000, 60, 3000] as [Int16]) == [400, 32767] as [Int16])
    let integers = ModelBuilder.plain(.squaredDifference, [[2], [2]], .int32, to: [2])
    #expect(try integers.elements([3, .min, -4, 0] as [Int32]) == [49, 0] as [Int32])
    let reals = ModelBuilder.plain(.squaredDifference, [[2], [1]], .float32, to: [2])
    #expect(try reals.elements([3, -1, 0.5] as [Float]) == [6.25, 2.25] as [Float])
  }

  // MARK: Refusals

  @Test(arguments: [.add, .sub, .mul, .div] as [OperatorKind])
  func `names what it cannot compute`(kind: OperatorKind) {
    var model = ModelBuilder.pair(kind, 4)
    #expect(model.fault == nil)
    model.nodes[0].optionsType = 1
    #expect(
      model.fault
        == .optionsMismatched(
          node: 0, found: 1,
          expected: ModelBuilder.pair(kind, 4)
            .with(activation: 0).nodes[0].optionsType))
    model = ModelBuilder.pair(kind, 4).with(activation: 4)
    #expect(model.fault == .activationUnsupported(node: 0, activation: 4))
    model = ModelBuilder.plain(kind, [[4], [4]], .float32, to: [4]).with(activation: 9)
    #expect(model.fault == .activationUnsupported(node: 0, activation: 9))
    #expect(
      ModelBuilder.plain(kind, [[4], [4]], .bool, to: [4]).fault
        == .operandType(node: 0, tensor: 0, found: .bool))
    #expect(
      ModelBuilder.plain(kind, [[4], [4]], .int8, to: [4]).fault
        == .quantizationMissing(tensor: 0))
    #expect(
      ModelBuilder.pair(kind, 4, .int32).fault
        == .quantizationUnsupported(tensor: 0, details: 0))
  }

  @Test(arguments: [.add, .sub, .mul, .squaredDifference] as [OperatorKind])
  func `Int16 is symmetric`(kind: OperatorKind) {
    #expect(
      ModelBuilder.pair(kind, 4, .int16, (1, 0), (1, 5)).fault
        == .zeroPointOutOfRange(tensor: 1, channel: 0, found: 5))
  }

  @Test func `scales that make no multiplier`() {
    let narrow: (scale: Float, zero: Int64) = (1e-9, 0)
    for kind in [.add, .sub] as [OperatorKind] {
      #expect(
        ModelBuilder.pair(kind, 4, to: narrow).fault
          == .multiplierOutOfRange(node: 0, channel: 0))
    }
    #expect(
      ModelBuilder.pair(.div, 4, to: narrow).fault
        == .multiplierOutOfRange(node: 0, channel: 0))
    #expect(
      ModelBuilder.pair(.mul, 4, .int8, (1e3, 0), to: narrow).fault
        == .multiplierOutOfRange(node: 0, channel: 0))
  }

  @Test func `operands of other types, shapes and counts`() {
    var model = ModelBuilder.pair(.mul, 4)
    model.tensors[1].type = ElementType.uint8.rawValue
    #expect(model.fault == .operandType(node: 0, tensor: 1, found: .uint8))
    model = ModelBuilder.pair(.mul, 4)
    model.tensors[2].type = ElementType.int16.rawValue
    #expect(model.fault == .operandType(node: 0, tensor: 2, found: .int16))
    model = ModelBuilder.plain(.mul, [[2, 3], [2]], .float32, to: [2, 3])
    #expect(
      model.fault == .operandDimension(node: 0, tensor: 1, axis: 0, found: 2, expected: 3))
    model = ModelBuilder.plain(.mul, [[2, 3], [3]], .float32, to: [3])
    #expect(model.fault == .operandRank(node: 0, tensor: 2, found: 1, expected: 2))
    model = ModelBuilder.plain(.mul, [[2, 3], [3]], .float32, to: [2, 1])
    #expect(
      model.fault == .operandDimension(node: 0, tensor: 2, axis: 1, found: 1, expected: 3))
    model = ModelBuilder.plain(.mul, [[2]], .float32, to: [2])
    #expect(model.fault == .inputCount(node: 0, found: 1, expected: 2...2))
  }
}
