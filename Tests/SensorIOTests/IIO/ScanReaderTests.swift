import CPlatform
import TestSupport
import Testing

@testable import SensorIO
@testable import System

/// Goal: every value of a scan comes as its physical value, whatever the device's layout is.
/// Method: random layouts, against a model that writes one bit after the other and looks for the
/// next place of an element by counting.
@Suite struct ScanReaderTests {
  /// What the model knows of an element.
  private struct Element {
    var index: Int
    var type: ScanType
    var scale: Double
    var offset: Double
  }

  private static let timeIndex = 9999

  /// The bytes of one scan, and what each value has to be.
  private static func scan(
    _ elements: [Element], _ random: inout SeededGenerator
  ) -> (bytes: [UInt8], values: [[Double]]) {
    var bytes: [UInt8] = []
    var values = elements.map { _ in [Double]() }
    var (largest, timePlace) = (1, 0)
    for place in elements.indices.sorted(by: { elements[$0].index < elements[$1].index }) {
      let element = elements[place]
      let type = element.type
      let size = type.storageBytes * type.repeats
      largest = max(largest, size)
      while bytes.count % size != 0 { bytes.append(UInt8.random(in: 0...255, using: &random)) }
      if element.index == timeIndex { timePlace = bytes.count }
      for _ in 0..<type.repeats {
        // The storage from the lowest bit up: what is around the value is noise.
        let bits = (0..<8 * type.storageBytes).map { _ in Bool.random(using: &random) }
        var storage = [UInt8](repeating: 0, count: type.storageBytes)
        for (bit, isSet) in bits.enumerated() where isSet {
          storage[bit / 8] |= 1 << UInt8(bit % 8)
        }
        bytes += type.isBigEndian ? storage.reversed() : storage
        let own = bits[type.shift..<type.shift + type.bits]
        values[place].append((number(Array(own), type.number) + element.offset) * element.scale)
      }
    }
    while bytes.count % largest != 0 { bytes.append(0xEE) }
    // The Linux kernel has the time in the last eight bytes, and any where its place would be.
    if elements.contains(where: { $0.index == timeIndex }), timePlace < bytes.count - 8 {
      bytes.replaceSubrange((bytes.count - 8)..., with: bytes[timePlace..<timePlace + 8])
      bytes.replaceSubrange(timePlace..<timePlace + 8, with: [UInt8](repeating: 0xEE, count: 8))
    }
    return (bytes, values)
  }

  /// - Parameter bits: the lowest first.
  private static func number(_ bits: [Bool], _ number: ScanType.Number) -> Double {
    var pattern: UInt64 = 0
    for (bit, isSet) in bits.enumerated() where isSet { pattern += 1 << UInt64(bit) }
    switch number {
    case .unsigned: return Double(pattern)
    case .signed:
      var value = Int64(0)
      for (bit, isSet) in bits.enumerated() where isSet && bit < bits.count - 1 {
        value += 1 << Int64(bit)
      }
      return bits[bits.count - 1] ? Double(value + (.min >> Int64(64 - bits.count))) : Double(value)
    case .float:
      return bits.count == 64
        ? Double(bitPattern: pattern) : Double(Float(bitPattern: UInt32(pattern)))
    }
  }

  private static func element(_ index: Int, _ random: inout SeededGenerator) -> Element {
    let storage = [1, 2, 4, 8].randomElement(using: &random)!
    let bits = Int.random(in: 1...8 * storage, using: &random)
    var type = ScanType(
      isBigEndian: Bool.random(using: &random),
      number: Bool.random(using: &random) ? .signed : .unsigned, bits: bits, storageBytes: storage,
      repeats: [1, 1, 1, 2, 4, 16].randomElement(using: &random)!,
      shift: Int.random(in: 0...8 * storage - bits, using: &random))
    if storage >= 4, Int.random(in: 0..<6, using: &random) == 0 {
      (type.number, type.bits, type.shift) = (.float, 8 * storage, 0)
    }
    return Element(
      index: index, type: type, scale: Double.random(in: -2...2, using: &random),
      offset: Double.random(in: -100...100, using: &random))
  }

  /// Every value of every element, in a random order, and the time.
  private static func reader(
    _ elements: [Element], _ order: [(element: Int, value: Int)], time: Int?, scanBytes: Int
  ) throws -> ScanReader {
    let layout = try #require(ScanLayout(elements.map { ($0.index, $0.type) }))
    #expect(layout.byteCount == scanBytes)
    let fields = order.map { place, value in
      ScanReader.Field(
        packed: elements[place].type.field(at: layout.offsets[place], value: value),
        scale: elements[place].scale, offset: elements[place].offset)
    }
    let times = time.map { place in
      layout.times(layout.offsets[place], size: 8).map {
        elements[place].type.field(at: $0, value: 0)
      }
    }
    return ScanReader(
      fields, times: times ?? [], scanBytes: layout.byteCount, enableFile: "/nowhere/enable")
  }

  private static func frames(_ bytes: [UInt8], fields: Int) -> [(values: [UInt64], time: Int64)] {
    let words = stride(from: 0, to: bytes.count, by: 8).map { place in
      (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) }
    }
    return stride(from: 0, to: words.count, by: fields + 1).map { first in
      (Array(words[first..<first + fields]), Int64(bitPattern: words[first + fields]))
    }
  }

  @Test func `4,000 random layouts`() throws {
    var random = SeededGenerator("layouts of scans")
    for round in 0..<4000 {
      var elements = (0..<Int.random(in: 1...8, using: &random)).map {
        Self.element($0, &random)
      }
      // Gaps in the indices are elements that are not enabled.
      var index = 0
      for place in elements.indices {
        index += Int.random(in: 1...3, using: &random)
        elements[place].index = index
      }
      elements.shuffle(using: &random)
      let hasTime = Bool.random(using: &random)
      if hasTime {
        let type = try #require(ScanType("le:s64/64>>0"))
        elements.append(Element(index: Self.timeIndex, type: type, scale: 1, offset: 0))
      }
      var order: [(element: Int, value: Int)] = []
      for place in elements.indices.dropLast(hasTime ? 1 : 0) {
        for value in 0..<elements[place].type.repeats { order.append((place, value)) }
      }
      order.shuffle(using: &random)
      order = Array(order.prefix(32))
      let scans = (0..<3).map { _ in Self.scan(elements, &random) }
      let reader = try Self.reader(
        elements, order, time: hasTime ? elements.count - 1 : nil, scanBytes: scans[0].bytes.count)
      let pipe = try Pipe()
      let before = Clock.boot()
      try pipe.writing.send(scans.flatMap { $0.bytes })
      var buffer = [UInt8](repeating: 0, count: 4096)
      let result = try buffer.withUnsafeMutableBytes { try reader.read(pipe.reading.raw, into: $0) }
      guard case .bytes(let count) = result else {
        Issue.record("round \(round): \(result)")
        return
      }
      let frames = Self.frames(Array(buffer[..<count]), fields: order.count)
      try #require(frames.count == 3)
      for (frame, scan) in zip(frames, scans) {
        for (value, place) in zip(frame.values, order) {
          let due = scan.values[place.element][place.value]
          let found = Double(bitPattern: value)
          // A sum with a NaN is one, and its bits are nobody's matter.
          if due.isNaN { #expect(found.isNaN) } else { #expect(found == due, "round \(round)") }
        }
        if hasTime {
          #expect(Double(frame.time) == scan.values[elements.count - 1][0])
        } else {
          #expect((before...Clock.boot()).contains(frame.time))
        }
      }
    }
  }

  @Test func `the Linux kernel's rule by hand`() throws {
    // Three words of 16 bits, then a time: two bytes of nothing before it.
    let word = try #require(ScanType("le:s16/16>>0"))
    let time = try #require(ScanType("le:s64/64>>0"))
    let byte = try #require(ScanType("le:u8/8>>0"))
    let quaternion = try #require(ScanType("le:s16/16X4>>0"))
    let three = try #require(ScanType("le:s16/16X3>>0"))
    var layout = try #require(ScanLayout([(0, word), (1, word), (2, word), (3, time)]))
    #expect(layout.offsets == [0, 2, 4, 8] && layout.byteCount == 16)
    // By index, whatever the order in which they are given.
    layout = try #require(ScanLayout([(7, time), (2, byte), (0, word)]))
    #expect(layout.offsets == [8, 2, 0] && layout.byteCount == 16)
    // Four values of two bytes are aligned as eight bytes.
    layout = try #require(ScanLayout([(0, byte), (1, quaternion)]))
    #expect(layout.offsets == [0, 8] && layout.byteCount == 16)
    layout = try #require(ScanLayout([(0, byte), (1, byte), (2, byte)]))
    #expect(layout.offsets == [0, 1, 2] && layout.byteCount == 3)
    #expect(ScanLayout([(0, three)]) == nil)
    // Only behind more than eight bytes are the last eight not the place of the time.
    let wide = try #require(ScanType("le:s32/32X4>>0"))
    layout = try #require(ScanLayout([(0, wide), (.max, time)]))
    #expect(layout.offsets == [0, 16] && layout.byteCount == 32)
    #expect(layout.times(16, size: 8) == [24, 16])
    layout = try #require(ScanLayout([(0, wide), (1, word), (.max, time)]))
    #expect(layout.offsets == [0, 16, 24] && layout.times(24, size: 8) == [24])
    layout = try #require(ScanLayout([(0, quaternion), (.max, time)]))
    #expect(layout.times(8, size: 8) == [8])
    layout = try #require(ScanLayout([(.max, word)]))
    #expect(layout.times(0, size: 2) == [0])
  }

  @Test func `the time behind a large element is where it is not 0`() throws {
    let elements = [
      Element(index: 0, type: try #require(ScanType("le:u32/32X4>>0")), scale: 1, offset: 0),
      Element(index: 1, type: try #require(ScanType("le:s64/64>>0")), scale: 1, offset: 0),
    ]
    let reader = try Self.reader(elements, [(0, 2)], time: 1, scanBytes: 32)
    let pipe = try Pipe()
    func time(_ middle: UInt8, _ last: UInt8) throws -> Int64 {
      var scan = [UInt8](repeating: 0, count: 32)
      (scan[8], scan[16], scan[24]) = (7, middle, last)
      try pipe.writing.send(scan)
      var buffer = [UInt8](repeating: 0, count: 64)
      let result = try buffer.withUnsafeMutableBytes { try reader.read(pipe.reading.raw, into: $0) }
      #expect(result == .bytes(16))
      let frame = Self.frames(Array(buffer[..<16]), fields: 1)[0]
      #expect(Double(bitPattern: frame.values[0]) == 7)
      return frame.time
    }
    // Most Linux kernels, newer ones, and the driver of the HID sensor in those.
    #expect(try time(0, 9) == 9)
    #expect(try time(5, 0) == 5)
    #expect(try time(9, 9) == 9)
    let before = Clock.boot()
    let none = try time(0, 0)
    #expect((before...Clock.boot()).contains(none))
  }

  @Test func `one read asks for no more than the watermark's scans`() throws {
    let type = try #require(ScanType("be:u16/16>>0"))
    let elements = [Element(index: 0, type: type, scale: 1, offset: 0)]
    var buffer = [UInt8](repeating: 0, count: 4096)
    for (watermark, scans) in [(3, 3), (1, 1), (0, 1), (1000, 10), (nil, 10)] {
      let reader = try Self.reader(elements, [(0, 0)], time: nil, scanBytes: 2)
      reader.started(watermark: watermark)
      let pipe = try Pipe()
      try pipe.writing.send([UInt8](repeating: 1, count: 20))
      let result = try buffer.withUnsafeMutableBytes { try reader.read(pipe.reading.raw, into: $0) }
      #expect(result == .bytes(16 * scans))
      if scans < 10 { #expect(reader.bytesMax(of: 4096) == 16 * scans) }
    }
  }

  @Test func `a device is asked whether it is there without a byte of it`() throws {
    let type = try #require(ScanType("be:u16/16>>0"))
    let elements = [Element(index: 0, type: type, scale: 1, offset: 0)]
    let reader = try Self.reader(elements, [(0, 0)], time: nil, scanBytes: 2)
    let pipe = try Pipe()
    #expect(!reader.isGone(pipe.reading.raw))
    try pipe.writing.send([0, 5])
    #expect(!reader.isGone(pipe.reading.raw))
    var buffer = [UInt8](repeating: 0, count: 64)
    let result = try buffer.withUnsafeMutableBytes { try reader.read(pipe.reading.raw, into: $0) }
    #expect(result == .bytes(16))
    // No file of a test is a device that was unplugged, but this one cannot be read either.
    #expect(reader.isGone(pipe.writing.raw))
  }

  @Test func `pieces of a scan wait for the rest of it`() throws {
    let type = try #require(ScanType("be:u16/16>>0"))
    let elements = [Element(index: 0, type: type, scale: 2, offset: 1)]
    let reader = try Self.reader(elements, [(0, 0)], time: nil, scanBytes: 2)
    let pipe = try Pipe()
    var buffer = [UInt8](repeating: 0, count: 40)
    func read() throws -> [Double]? {
      let result = try buffer.withUnsafeMutableBytes { try reader.read(pipe.reading.raw, into: $0) }
      guard case .bytes(let count) = result else {
        #expect(result == .wouldBlock)
        return nil
      }
      let frames = Self.frames(Array(buffer[..<count]), fields: 1)
      return frames.map { Double(bitPattern: $0.values[0]) }
    }
    try pipe.writing.send([0x01])
    #expect(try read() == nil)
    try pipe.writing.send([0x00, 0x02])
    #expect(try read() == [514])
    // No more than the buffer has room for.
    try pipe.writing.send([0x00, 0, 3, 0, 4])
    #expect(reader.bytesMax(of: 40) == 32)
    #expect(try read() == [1026, 8])
    #expect(try read() == [10])
  }
}
