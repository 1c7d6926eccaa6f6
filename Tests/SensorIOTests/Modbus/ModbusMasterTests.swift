import TestSupport
import Testing

@testable import SensorIO

/// Goal: what was not answered soundly has no value; one silent unit costs the others its time-outs
/// and no more; a late answer is nobody else's.
/// Method: a bus in virtual time, whose units answer by rule or by a seeded chance.
@Suite struct ModbusMasterTests {
  private typealias Bench = ModbusBench
  private static let ms = ModbusBench.millisecond

  private func sound(_ request: [UInt8], _: Int) -> [ModbusBench.Delivery] {
    [(25 * Self.ms, ModbusBench.answer(to: request))]
  }

  @Test func `every cycle asks every request in order and becomes one image`() throws {
    let bench = Bench([
      try Bench.settings([Bench.register(0, count: 2), Bench.register(9)], every: 1000)
    ])
    bench.run(for: 3500 * Self.ms, sound)
    #expect(
      bench.samples.map { $0.image }
        == Array(repeating: [0x12, 0x34, 0x12, 0x34, 0x12, 0x34], count: 4))
    #expect(bench.samples.allSatisfy { $0.absent == 0 })
    #expect(bench.asked.map { $0.bytes[3] } == [0, 9, 0, 9, 0, 9, 0, 9])
    // On its beat, whatever a cycle takes; the first one after the line's silence.
    let begins = stride(from: 0, to: 8, by: 2).map { bench.asked[$0].time - Bench.start }
    #expect(begins == [1_750_000, 1000 * Self.ms, 2000 * Self.ms, 3000 * Self.ms])
    #expect(bench.master.counters(of: 0).answers == 8)
    #expect(bench.failures.isEmpty)
  }

  @Test func `the line is silent before each request for as long as the standard says`() throws {
    var serial = SerialSettings(baud: 9600)
    serial.parity = .none
    let line = ModbusLine(.serial(path: "/dev/ttyS0", serial))
    #expect(line.pauseNanoseconds == 4_010_416)
    #expect(ModbusLimits.pause(baud: 19_200) == 2_005_208)
    #expect(ModbusLimits.pause(baud: 115_200) == 1_750_000)
    let bench = Bench([try Bench.settings([Bench.register(0), Bench.register(5)])], on: line)
    bench.run(for: 500 * Self.ms, sound)
    #expect(bench.asked.count == 2)
    #expect(bench.asked[1].time - bench.asked[0].time == 25 * Self.ms + line.pauseNanoseconds)
  }

  @Test(arguments: [
    (Bench.exception(1, 3, 2), ModbusFault.exception(2)),
    ([], .timeout),
    ([1, 3, 2, 0x12], .broken(bytes: 4)),
    ([0x55], .broken(bytes: 1)),
    ([1, 3, 2, 0x12, 0x34, 0, 0], .checksum(computed: 0x33B5, received: 0)),
    (Bench.answer(1, 3, [1, 2, 3, 4]), .byteCount(expected: 2, received: 4)),
    (Bench.answer(3, 3, [1, 2]), .timeout),
  ])
  func `each kind of failure is named, and costs its fields alone`(
    bytes: [UInt8], fault: ModbusFault
  ) throws {
    let bench = Bench([
      try Bench.settings([Bench.register(0), Bench.register(5, unit: 2)], every: 2000)
    ])
    bench.run(for: 1500 * Self.ms) { request, number in
      number == 0 ? [(20 * Self.ms, bytes)] : self.sound(request, number)
    }
    #expect(bench.failures.map { $0.fault } == [fault])
    #expect(bench.samples.map { $0.absent } == [1])
    #expect(bench.samples.first?.image.suffix(2) == [0x12, 0x34])
  }

  @Test func `an answer may come in pieces, behind others, behind noise and behind its echo`()
    throws
  {
    let bench = Bench([try Bench.settings([Bench.register(0)])])
    bench.run(for: 4500 * Self.ms) { request, number in
      let answer = Bench.answer(to: request)
      switch number {
      case 0: return answer.enumerated().map { (Int64($0.offset + 1) * 20 * Self.ms, [$0.element]) }
      case 1: return [(Self.ms, Bench.answer(3, 3, [9, 9]) + answer)]
      case 2: return [(Self.ms, [0, 0xFF, 1, 3, 0x80] + answer + [0])]
      case 3: return [(Self.ms, request), (9 * Self.ms, answer)]
      default: return [(Self.ms, [1, 3, 2] + answer)]
      }
    }
    #expect(bench.samples.map { $0.image } == Array(repeating: [0x12, 0x34], count: 5))
    #expect(bench.failures.isEmpty)
  }

  @Test func `a cycle without any answer is no sample`() throws {
    let bench = Bench([try Bench.settings([Bench.register(0), Bench.register(5)])])
    bench.run(for: 5000 * Self.ms) { _, _ in [] }
    #expect(bench.samples.isEmpty)
    #expect(bench.master.counters(of: 0).timeouts > 3)
  }

  // MARK: repeating

  @Test func `a damaged answer is asked for again in the same cycle, an exception is not`() throws {
    let bench = Bench([
      try Bench.settings([Bench.register(0), Bench.register(5, unit: 2)], retries: 1)
    ])
    bench.run(for: 900 * Self.ms) { request, number in
      switch number {
      case 0: return [(Self.ms, Bench.answer(to: request).dropLast() + [0x77])]
      case 2: return [(Self.ms, Bench.exception(2, 3, 4))]
      default: return self.sound(request, number)
      }
    }
    #expect(bench.asked.map { $0.bytes[0] } == [1, 1, 2])
    // Silence ends the damaged answer long before its time-out.
    #expect(bench.asked[1].time - bench.asked[0].time < 100 * Self.ms)
    #expect(bench.samples.map { $0.absent } == [2])
    #expect(bench.master.counters(of: 0).retries == 1)
  }

  @Test func `a unit that said nothing in a whole cycle is asked once a cycle until it speaks`()
    throws
  {
    let bench = Bench([
      try Bench.settings(
        [Bench.register(0), Bench.register(5, count: 2), Bench.register(0, unit: 2)], every: 4000,
        retries: 1)
    ])
    bench.run(for: 11_000 * Self.ms) { request, number in
      request[0] == 1 && number < 5 ? [] : self.sound(request, number)
    }
    // The first cycle: one of unit 1, twice. The second: the other one, once. The third: all, last
    // what was in vain.
    #expect(bench.asked.map { $0.bytes[0] } == [1, 1, 2, 1, 2, 2, 1, 1])
    #expect(bench.asked.map { $0.bytes[3] } == [0, 0, 0, 5, 0, 0, 0, 5])
    #expect(bench.samples.map { $0.absent } == [3, 3, 0])
  }

  @Test func `a silent unit costs the other sensors its time-outs and no more`() throws {
    let bench = Bench([
      try Bench.settings([Bench.register(0, unit: 9), Bench.register(5, unit: 9)], every: 1000),
      try Bench.settings([Bench.register(0)], every: 100),
    ])
    bench.run(for: 20_000 * Self.ms) { request, number in
      request[0] == 9 ? [] : self.sound(request, number)
    }
    let times = bench.samples.map { $0.arrival }
    #expect(bench.samples.allSatisfy { $0.sensor == 1 })
    for (before, after) in zip(times, times.dropFirst()) {
      #expect(after - before < 640 * Self.ms)
    }
    // Half of the time is the silent unit's.
    #expect(times.count > 80)
  }

  @Test(arguments: 0...3)
  func `a unit that dies in a cycle costs the others one request's time-outs`(retries: Int) throws {
    let bench = Bench([
      try Bench.settings(
        (0..<30).map { Bench.register(2 * $0, unit: 2) } + [Bench.register(0)], every: 20_000,
        retries: retries),
      try Bench.settings([Bench.register(0, unit: 3)], every: 100),
    ])
    bench.run(for: 19_000 * Self.ms) { request, _ in
      request[0] == 2 && request[3] >= 4 ? [] : self.sound(request, 0)
    }
    let own = bench.asked.filter { $0.bytes[0] != 3 }
    #expect(
      own.map { $0.bytes[0] } == [2, 2] + Array(repeating: 2, count: max(2, 1 + retries)) + [1])
    // Without repetitions a second request is asked, here behind the first one's late answer. The
    // other sensor's request comes between any two of these.
    let timeouts = retries == 0 ? 3 : 1 + retries
    let wait = own.last!.time - own[2].time
    #expect(wait < Int64(timeouts) * 500 * Self.ms + Int64(2 + retries) * 30 * Self.ms)
    let first = try #require(bench.samples.first { $0.sensor == 0 })
    #expect(first.absent == 0x3FFF_FFFC)
  }

  @Test func `a unit that said something to a request, and then nothing, is asked the next`()
    throws
  {
    let bench = Bench([
      try Bench.settings([Bench.register(0), Bench.register(5)], every: 5000, retries: 1)
    ])
    bench.run(for: 4900 * Self.ms) { request, number in
      switch number {
      case 0: return [(Self.ms, Bench.answer(to: request).dropLast() + [0x77])]
      case 1: return []
      default: return self.sound(request, number)
      }
    }
    #expect(bench.samples.map { $0.absent } == [1])
  }

  @Test func `a request that a unit never answers costs the unit's others one cycle`() throws {
    let bench = Bench([
      try Bench.settings(
        [Bench.register(0), Bench.register(5), Bench.register(9)], every: 4000, retries: 1)
    ])
    bench.run(for: 15_900 * Self.ms) { request, number in
      request[3] == 0 ? [] : self.sound(request, number)
    }
    #expect(bench.samples.map { $0.absent } == [1, 1, 1])
  }

  @Test func `a cycle that takes longer than its interval leaves out the next`() throws {
    let bench = Bench([try Bench.settings([Bench.register(0)], every: 100)])
    bench.run(for: 1000 * Self.ms) { request, _ in
      [(250 * Self.ms, Bench.answer(to: request))]
    }
    #expect(bench.samples.count == 3)
    #expect(bench.master.counters(of: 0).cyclesMissed >= 4)
  }

  @Test func `a line that babbles all the time is asked all the same`() throws {
    let bench = Bench([try Bench.settings([Bench.register(0)])])
    let babble = (0..<5000).map { (after: Int64($0) * Self.ms, bytes: [UInt8(0x55)]) }
    bench.run(for: 3000 * Self.ms) { request, number in
      number == 0 ? babble : [(Self.ms / 2, Bench.answer(to: request))]
    }
    #expect(bench.samples.count >= 1)
  }

  // MARK: an answer that equals its request

  /// 21 coils from 0x0312: the request is the answer of 12 00 15, byte for byte.
  private static func coils(_ count: Int) throws -> ModbusSettings {
    let request = ModbusRequest(unit: 1, function: .coils, address: 0x0312, count: count)
    let place = ModbusPlace(unit: 1, function: .coils, address: 0x0312, count: 1)
    return try ModbusBench.settings([place], declared: [request])
  }

  @Test(arguments: 21...24)
  func `an answer that equals its request is taken when its time is over`(count: Int) throws {
    let bench = Bench([try Self.coils(count)])
    bench.run(for: 1900 * Self.ms) { request, _ in [(9 * Self.ms, request)] }
    #expect(bench.samples.map { $0.image } == Array(repeating: [0x12, 0, UInt8(count)], count: 2))
    #expect(bench.samples[0].arrival - bench.asked[0].time == 500 * Self.ms)
    #expect(bench.failures.isEmpty)
  }

  @Test func `what follows an echo is the answer, and a line that echoes has no other`() throws {
    let bench = Bench([try Self.coils(21)])
    bench.run(for: 4900 * Self.ms) { request, number in
      switch number {
      case 0: return [(Self.ms, request), (400 * Self.ms, Bench.answer(1, 1, [1, 2, 3]))]
      case 1: return [(Self.ms, request + request)]
      case 2: return [(Self.ms, request)]
      case 3: return [(Self.ms, Bench.answer(1, 1, [4, 5, 6]))]
      default: return [(Self.ms, request)]
      }
    }
    #expect(
      bench.samples.map { $0.image } == [[1, 2, 3], [0x12, 0, 21], [4, 5, 6], [0x12, 0, 21]])
    #expect(bench.failures.map { $0.fault } == [.timeout])
  }

  @Test func `an echo with half an answer behind it is no answer`() throws {
    let bench = Bench([try Self.coils(21)])
    bench.run(for: 900 * Self.ms) { request, _ in [(Self.ms, request + [1, 1, 3, 7])] }
    #expect(bench.samples.isEmpty)
    #expect(bench.failures.map { $0.fault } == [.broken(bytes: 4)])
  }

  /// Half of the answers equal their request, and a quarter does not come.
  @Test(arguments: [false, true])
  func `an echo never has a value, and an answer has its own`(echoes: Bool) throws {
    var chance = SeededGenerator("a Modbus line with an echo")
    let bench = Bench([
      try Bench.settings([Bench.register(0, unit: 2)], every: 1000), try Self.coils(21),
    ])
    var told: [Int64: [UInt8]] = [:]
    bench.run(for: 1_000_000 * Self.ms) { request, _ in
      let echo: [ModbusBench.Delivery] = echoes ? [(Self.ms, request)] : []
      guard request[0] == 1 else { return echo + [(9 * Self.ms, Bench.answer(to: request))] }
      let choice = Int.random(in: 0..<4, using: &chance)
      guard choice > 0 else { return echo }
      let answer = choice < 3 ? request : Bench.answer(1, 1, chance.bytes(3))
      told[bench.now / 1_000_000_000] = Array(answer[3..<6])
      let delay = Int64.random(in: 2...400, using: &chance) * Self.ms
      return echo + [(delay, answer)]
    }
    let samples = bench.samples.filter { $0.sensor == 1 }
    #expect(samples.allSatisfy { $0.image == told[($0.arrival) / 1_000_000_000] })
    #expect(samples.count == told.count)
  }

  // MARK: late answers

  @Test func `a late answer of another function is told from the answer`() throws {
    let coil = ModbusPlace(unit: 2, function: .coils, address: 19, count: 1)
    let bench = Bench([try Bench.settings([Bench.register(256, unit: 2), coil], every: 2000)])
    bench.run(for: 1900 * Self.ms) { request, number in
      [((number == 0 ? 700 : 350) * Self.ms, Bench.answer(to: request))]
    }
    #expect(bench.asked[1].time - bench.asked[0].time < 600 * Self.ms)
    #expect(bench.samples.map { $0.absent } == [1])
    #expect(bench.master.counters(of: 0).strays == 1)
  }

  @Test func `where a late answer would look like another's, that other waits for it`() throws {
    let bench = Bench([try Bench.settings([Bench.register(0), Bench.register(5)], every: 3000)])
    bench.run(for: 2900 * Self.ms) { request, number in
      [((number == 0 ? 900 : 25) * Self.ms, Bench.answer(to: request, UInt16(number)))]
    }
    #expect(bench.samples.map { $0.absent } == [1])
    #expect(bench.samples[0].image.suffix(2) == [0, 1])
    let wait = bench.asked[1].time - bench.asked[0].time
    #expect(wait > 900 * Self.ms && wait < 910 * Self.ms)
  }

  @Test func `a request that is asked again takes the answer to its first asking`() throws {
    let bench = Bench([
      try Bench.settings([Bench.register(0), Bench.register(5)], every: 5000, retries: 1)
    ])
    bench.run(for: 4900 * Self.ms) { request, number in
      number == 0
        ? [(700 * Self.ms, Bench.answer(to: request, 7))]
        : number == 1 ? [] : self.sound(request, number)
    }
    #expect(bench.asked.map { $0.bytes[3] } == [0, 0, 5])
    #expect(bench.samples.map { $0.image } == [[0, 7, 0x12, 0x34]])
    // The second asking's own answer may still come, and the other register waits for that.
    #expect(bench.asked[2].time - bench.asked[1].time == 1000 * Self.ms)
  }

  @Test func `where the late answer does not come, the other waits for one time-out more`() throws {
    let bench = Bench([try Bench.settings([Bench.register(0), Bench.register(5)], every: 3000)])
    bench.run(for: 2900 * Self.ms) { request, number in
      number == 0 ? [] : self.sound(request, number)
    }
    #expect(bench.asked[1].time - bench.asked[0].time == 1000 * Self.ms)
  }

  /// Each answer's data is the number of the asking, so that a wrong one shows.
  @Test func `nothing wrong ever has a value, whatever the line does`() throws {
    var chance = SeededGenerator("a Modbus line of faults")
    let places = [
      Bench.register(0), Bench.register(5), Bench.register(9, count: 2),
      Bench.register(20, unit: 2), Bench.register(30, unit: 2),
      ModbusPlace(unit: 2, function: .inputRegisters, address: 0, count: 1),
    ]
    for retries in [0, 1, 2] {
      let bench = Bench([
        try Bench.settings(Array(places[..<3]), every: 900, retries: retries),
        try Bench.settings(Array(places[3...]), every: 1300, retries: retries),
      ])
      bench.run(for: 4_000_000 * Self.ms) { request, number in
        Self.faulty(request, number, &chance)
      }
      #expect((4000..<65_536).contains(bench.asked.count))
      check(bench)
    }
  }

  /// One asking's answer, late by less than a time-out, damaged, cut, twice, in pieces, or sound.
  private static func faulty(
    _ request: [UInt8], _ number: Int, _ chance: inout SeededGenerator
  ) -> [ModbusBench.Delivery] {
    var answer = ModbusBench.answer(to: request, UInt16(truncatingIfNeeded: number))
    var delay = Int64.random(in: 1...400, using: &chance) * ms
    switch Int.random(in: 0..<16, using: &chance) {
    case 0: return []
    case 1, 2: delay = Int64.random(in: 501...990, using: &chance) * ms
    case 3:
      answer[Int.random(in: answer.indices, using: &chance)] ^=
        1 << UInt8.random(in: 0...7, using: &chance)
    case 4: answer = Array(answer[..<Int.random(in: 0..<answer.count, using: &chance)])
    case 5: answer = ModbusBench.exception(request[0], request[1], 6)
    case 6:
      answer = ModbusBench.exception(request[0], request[1], 6)
      delay = Int64.random(in: 501...990, using: &chance) * ms
    case 7: answer = ModbusBench.answer(7, request[1], [1, 2]) + answer
    case 8: answer = chance.bytes(3) + answer
    case 9: answer += [0]
    case 10:
      let cut = Int.random(in: 0...answer.count, using: &chance)
      let pause = Int64.random(in: 0...90, using: &chance) * ms
      return [(delay, Array(answer[..<cut])), (delay + pause, Array(answer[cut...]))]
    default: break
    }
    return [(delay, answer)]
  }

  /// Every value is of an asking of its own register, and of its own cycle: none is older than the
  /// sample before.
  private func check(_ bench: ModbusBench) {
    let offsets = [0, 2, 4]
    let heads: [[[UInt8]]] = [
      [[1, 3, 0], [1, 3, 5], [1, 3, 9]], [[2, 3, 20], [2, 3, 30], [2, 4, 0]],
    ]
    var before: [Int64] = [0, 0]
    var wrong = 0
    for sample in bench.samples {
      for field in 0..<3 where sample.absent >> UInt32(field) & 1 == 0 {
        let place = offsets[field]
        let number = Int(sample.image[place]) << 8 | Int(sample.image[place + 1])
        let (time, bytes) = bench.asked[number]
        let isOwn = [bytes[0], bytes[1], bytes[3]] == heads[sample.sensor][field]
        if !isOwn || time < before[sample.sensor] { wrong += 1 }
      }
      before[sample.sensor] = sample.arrival
    }
    #expect(wrong == 0)
    #expect(bench.samples.count > 500)
  }
}
