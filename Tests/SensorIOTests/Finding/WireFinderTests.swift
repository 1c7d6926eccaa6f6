import TestSupport
import Testing

@testable import SensorIO

/// Goal: what a wire carries is found by its bytes alone, and noise is nothing.
/// Method: bytes as devices send them, with values that move, and the framing, decoding and fields
/// that the first hypothesis has.
@Suite struct WireFinderTests {
  private var random = SeededGenerator("WireFinderTests")

  private func find(_ bytes: [UInt8], joins: Bool = false) -> WireHypothesis? {
    WireFinder.find(in: capture(bytes, joins: joins), known: []).first
  }

  /// In pieces of 48 bytes, a millisecond apart.
  private func capture(_ bytes: [UInt8], joins: Bool = false) -> WireCapture {
    var capture = WireCapture(joinsMidStream: joins)
    for start in stride(from: 0, to: bytes.count, by: 48) {
      bytes[start..<min(start + 48, bytes.count)].withUnsafeBytes {
        capture.append($0, at: Int64(start) * 1_000_000 / 48)
      }
    }
    return capture
  }

  private func lines(_ count: Int, _ line: (Int) -> String) -> [UInt8] {
    (0..<count).flatMap { Array(line($0).utf8) }
  }

  // MARK: text

  @Test(arguments: [
    (CellSeparator.byte(UInt8(ascii: ",")), ",", "."), (.byte(UInt8(ascii: ";")), ";", "."),
    (.byte(UInt8(ascii: ";")), "; ", ","), (.byte(0x09), "\t", "."), (.blanks, "   ", "."),
    (.byte(UInt8(ascii: "|")), " | ", "."),
  ]) func `columns are cut where the device separates them`(
    separator: CellSeparator, text: String, point: String
  ) throws {
    let bytes = lines(20) { "\(20 + $0)\(point)5\(text)-\($0)\(point)25\(text)\($0 * 7)\r\n" }
    let found = try #require(find(bytes))
    let sensor = found.sensors[0]
    #expect(
      sensor.decoding
        == .csv(CSVSettings(separator: separator, hasDecimalComma: point == ",")))
    #expect(sensor.fields.map { $0.name } == ["v1", "v2", "v3"])
    #expect(sensor.fields.allSatisfy { $0.place == nil })
    #expect(sensor.samples == 20 && sensor.badFrames == 0 && found.isSure)
    #expect(sensor.values == [39.5, -19.25, 133])
  }

  @Test func `one number a line is one field`() throws {
    let sensor = try #require(find(lines(5) { "\(21 + $0).5\n" })).sensors[0]
    #expect(sensor.decoding == .csv(CSVSettings()))
    #expect(sensor.fields == [FieldSettings(name: "value")])
  }

  @Test func `a header gives the names, and text columns are left out`() throws {
    let bytes =
      lines(1) { _ in "Time\tState\tTemp C\tLux\n" }
      + lines(12) { "12:00:\(10 + $0)\tok\t\(20 + $0).5\t\($0)\n" }
    let sensor = try #require(find(bytes)).sensors[0]
    #expect(sensor.decoding == .csv(CSVSettings(separator: .byte(0x09), hasHeader: true)))
    #expect(sensor.fields.map { $0.name } == ["temp_c", "lux"])
    #expect(sensor.fields.map { $0.place } == [.column(2), .column(3)])
    #expect(sensor.samples == 12 && sensor.badFrames == 0)
  }

  @Test(arguments: [
    ("Temp:%,Hum:#", UInt8(ascii: ":")), ("Temp: % Hum: #", UInt8(ascii: ":")),
    ("Temp=%;Hum=#", UInt8(ascii: "=")), ("Temp:%\tHum:#", UInt8(ascii: ":")),
  ]) func `labels are found with what assigns them`(form: String, assignment: UInt8) throws {
    let bytes = lines(12) { number in
      form.replacing("%", with: "\(20 + number).5").replacing("#", with: "\(50 - number)") + "\r\n"
    }
    let sensor = try #require(find(bytes)).sensors[0]
    guard case .labels(let settings) = sensor.decoding else {
      Issue.record("\(sensor.decoding)")
      return
    }
    #expect(settings.assignment == assignment)
    #expect(sensor.fields.map { $0.name } == ["temp", "hum"])
    #expect(sensor.fields.map { $0.place } == [.label("Temp"), .label("Hum")])
    #expect(sensor.samples == 12 && sensor.values == [31.5, 39])
  }

  @Test func `JSON gives the paths of its numbers`() throws {
    let bytes = lines(8) {
      #"{"id":"a7","SI7021":{"Temperature":\#(20 + $0).5,"Humidity":null},"axes":[\#($0),2]}"#
        + "\n"
    }
    let sensor = try #require(find(bytes)).sensors[0]
    #expect(sensor.decoding == .json(JSONSettings()))
    #expect(
      sensor.fields.map { $0.place } == [
        .path([.member("SI7021"), .member("Temperature")]),
        .path([.member("axes"), .index(0)]), .path([.member("axes"), .index(1)]),
      ])
    #expect(sensor.fields.map { $0.name } == ["temperature", "axes_0", "axes_1"])
    #expect(sensor.samples == 8)
  }

  @Test func `numbers in strings are numbers where there are no others`() throws {
    let sensor = try #require(find(lines(6) { #"{"t":"\#($0).5"}"# + "\n" })).sensors[0]
    #expect(sensor.decoding == .json(JSONSettings(takesNumbersInStrings: true)))
  }

  @Test(arguments: [SevenBits.even, .odd, .mark])
  func `seven bits are told by the eighth`(form: SevenBits) throws {
    let bytes = lines(12) { "\(20 + $0).5,\($0)\r\n" }.map { byte in
      switch form {
      case .mark: byte | 0x80
      case .even: byte.nonzeroBitCount % 2 == 0 ? byte : byte | 0x80
      case .odd: byte.nonzeroBitCount % 2 == 1 ? byte : byte | 0x80
      }
    }
    let found = try #require(find(bytes))
    #expect(found.sevenBits == form && found.samples == 12)
  }

  // MARK: sentences

  private func sentence(_ body: String) -> [UInt8] {
    var wire: [UInt8] = []
    try? Array(body.utf8).withUnsafeBytes { try NMEAFramer.encode($0, to: &wire) }
    return wire
  }

  @Test func `sentences are sensors with the values that come`() throws {
    let bytes = (0..<6).flatMap { number in
      sentence("GPGGA,12351\(number),4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,")
        + sentence("GPGSV,1,1,01,03,03,111,00")
        + sentence("GNRMC,12351\(number),A,4807.038,N,01131.000,E,022.4,,230394,,")
    }
    let found = try #require(find(bytes, joins: true))
    #expect(found.proof == .device && found.sensors.count == 2)
    #expect(found.sensors[0].decoding == .nmea(.gga))
    #expect(found.sensors[1].fields.map { $0.name } == ["time", "lat", "lon", "speed"])
    #expect(found.explained > 0.99)
  }

  @Test func `a sentence without names has its columns`() throws {
    let sensor = try #require(find((0..<6).flatMap { sentence("SDDPT,2.\($0),0.5,A") })).sensors[0]
    #expect(sensor.decoding == .nmea(nil))
    #expect(sensor.fields.map { $0.place } == [.column(1), .column(2)])
  }

  // MARK: packets

  private func words(_ number: Int) -> [UInt8] {
    [1000 + 3 * number, -200 - number, 16_000 + 7 * number].flatMap { value in
      let word = UInt16(bitPattern: Int16(value))
      return [UInt8(word & 255), UInt8(word >> 8)]
    }
  }

  @Test(arguments: Checksum.allCases, [0, 1, 2])
  func `every checksum is found behind marked frames`(kind: Checksum, endBytes: Int) throws {
    let end = Array([UInt8]([0xAB, 0xCD]).prefix(endBytes))
    let bytes = (0..<60).flatMap { number in
      var frame: [UInt8] = [0xAA, 0x55] + words(number)
      let covered = frame
      covered.withUnsafeBytes { kind.append(of: $0, isBigEndian: true, to: &frame) }
      return frame + end
    }
    let found = try #require(find(bytes, joins: true))
    guard case .packet(let packet) = found.sensors[0].framing else {
      Issue.record("\(found)")
      return
    }
    #expect(packet.start == [0xAA, 0x55] && packet.end == end)
    #expect(packet.length == .fixed(8 + kind.byteCount + endBytes))
    #expect(packet.check?.kind == kind && packet.check?.from == 0)
    #expect(found.sensors[0].fields.map { $0.type } == [.int16, .int16, .int16])
    #expect(found.sensors[0].fields.map { $0.place } == [.offset(2), .offset(4), .offset(6)])
    #expect(found.samples >= 58 && found.explained > 0.95)
  }

  @Test mutating func `a carried length is found with its checksum`() throws {
    var bytes: [UInt8] = []
    for number in 0..<60 {
      let payload = words(number) + random.bytes(number % 3 * 2)
      var frame: [UInt8] = [0xB5, 0x62, 0x01, UInt8(payload.count)] + payload
      let covered = Array(frame[2...])
      covered.withUnsafeBytes { Checksum.fletcher8.append(of: $0, isBigEndian: false, to: &frame) }
      bytes += frame
    }
    let found = try #require(find(bytes))
    guard case .packet(let packet) = found.sensors[0].framing else {
      Issue.record("\(found)")
      return
    }
    #expect(packet.start == [0xB5, 0x62] || packet.start == [0xB5, 0x62, 0x01])
    #expect(packet.length == .carried(at: 3, byteCount: 1, isBigEndian: false, adds: 6))
    #expect(packet.check == PacketCheck(.fletcher8, from: 2))
    #expect(found.samples >= 58)
  }

  @Test(arguments: [1, 2]) func `a length before each packet is found`(prefix: Int) throws {
    let encoder = FrameEncoder(
      .packet(.lengthPrefixed(prefixBytes: prefix, check: FrameCheck(.crc16Modbus))))
    let bytes = try (0..<40).flatMap { try encoder.wire(words($0)) }
    let found = try #require(find(bytes))
    guard case .packet(let packet) = found.sensors[0].framing else {
      Issue.record("\(found)")
      return
    }
    #expect(packet.start.isEmpty && packet.check?.kind == .crc16Modbus)
    #expect(found.proof == .longCheck && found.samples == 40)
  }

  @Test(arguments: [
    FramingSettings.cobs(FrameCheck(.crc16Modbus)), .slip(FrameCheck(.crc32)),
    .hdlc(.hdlcDefault), .cobs(FrameCheck(.crc16CCITT, isBigEndian: true)), .cobs(nil),
  ]) func `stuffed frames are found`(framing: FramingSettings) throws {
    let encoder = FrameEncoder(framing)
    let bytes = try (0..<40).flatMap { try encoder.wire(words($0)) }
    let found = try #require(find(bytes, joins: true))
    #expect(found.sensors[0].framing == framing)
    #expect(found.sensors[0].fields.map { $0.type } == [.int16, .int16, .int16])
    #expect(found.samples >= 38)
  }

  @Test func `frames between silences need no mark`() throws {
    var capture = WireCapture()
    for number in 0..<12 {
      words(number).withUnsafeBytes { capture.append($0, at: Int64(number) * 100_000_000) }
    }
    let found = try #require(WireFinder.find(in: capture, known: []).first)
    #expect(found.sensors[0].framing == .packet(PacketSettings(length: .fixed(6))))
    #expect(abs((found.sensors[0].rateHertz ?? 0) - 10) < 0.1)
  }

  // MARK: nothing

  @Test mutating func `noise is nothing that may be believed`() {
    for _ in 0..<8 {
      let found = find(random.bytes(3000), joins: true)
      #expect(found.map { $0.score < 0.5 } ?? true, "\(String(describing: found))")
    }
    #expect(find([]) == nil && find([0]) == nil)
  }

  @Test mutating func `noise in bursts of one length is nothing`() {
    for _ in 0..<4 {
      var capture = WireCapture()
      for number in 0..<30 {
        random.bytes(11).withUnsafeBytes { capture.append($0, at: Int64(number) * 20_000_000) }
      }
      #expect(WireFinder.find(in: capture, known: []).isEmpty)
    }
  }

  @Test mutating func `a few lost and flipped bytes hide nothing`() throws {
    var bytes = (0..<100).flatMap { number in
      var frame: [UInt8] = [0xAA, 0x55] + words(number)
      let covered = frame
      covered.withUnsafeBytes { Checksum.xor8.append(of: $0, isBigEndian: false, to: &frame) }
      return frame
    }
    for _ in 0..<3 { bytes.remove(at: Int.random(in: 0..<bytes.count, using: &random)) }
    for _ in 0..<3 { bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 0x10 }
    let found = try #require(find(bytes))
    #expect(found.proof == .shortCheck && found.samples >= 85)
  }

  @Test mutating func `whatever looks like something is looked at without a trap`() {
    let alphabets: [[UInt8]] = [
      Array("{}[]\":,.-0123456789ntabc\n".utf8), Array("12.-,;|=: \t\r\nTH".utf8),
      Array("$!*GPRMC,0123.AV\r\n".utf8), [0, 1, 2, 0xAA, 0x55, 0xFF, 0xC0, 0xDB, 0x7E, 0x7D],
      [0x42, 0x4D, 0, 0x1C, 0xB5, 0x62, 0xF4, 0xF3, 0xF2, 0xF1], [0x11, 0x13, 0xEF, 0xBB, 0xBF],
    ]
    for alphabet in alphabets {
      for count in [1, 2, 7, 8, 9, 64, 400, 700] {
        let bytes = (0..<count).map { _ in alphabet.randomElement(using: &random)! }
        for hypothesis in WireFinder.find(in: capture(bytes), known: []) {
          #expect((0...1).contains(hypothesis.explained) && hypothesis.samples > 0)
        }
        _ = WireFinder.find(in: capture(bytes), known: [], isCAN: true)
      }
    }
  }

  // MARK: time

  @Test func `the rate is measured without the pauses`() throws {
    var capture = WireCapture()
    var time: Int64 = 0
    for number in 0..<60 {
      time += number == 30 ? 5_000_000_000 : 20_000_000
      Array("\(number).5\n".utf8).withUnsafeBytes { capture.append($0, at: time) }
    }
    let found = try #require(WireFinder.find(in: capture, known: []).first)
    #expect(abs((found.sensors[0].rateHertz ?? 0) - 50) < 0.5)
  }

  @Test func `a capture has its limit`() {
    let bytes = [UInt8](repeating: 0x55, count: FindingLimits.captureBytesMax + 1)
    let capture = capture(bytes)
    #expect(capture.bytes.count == FindingLimits.captureBytesMax && capture.isFull)
  }
}
