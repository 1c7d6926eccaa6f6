import Testing

@testable import Sync
@testable import System

/// Goal: with any bytes the parsers end within their limits, and two readers could not
/// disagree about what they take.
/// Method: heads and bodies whole, byte by byte, cut at every place, and mutated from a seed.
@Suite struct ResponseParserTests {
  static let head = "HTTP/1.1 200 OK\r\nContent-Type:  text/plain \r\nX-Empty:\r\n\r\n"

  private static func parse(_ text: [UInt8]) throws(HeadFault) -> ResponseHead? {
    var parser = HeadParser()
    for (index, byte) in text.enumerated() where try parser.push(byte) {
      #expect(index == text.count - 1)
      return parser.head
    }
    return nil
  }

  private static func fault(_ text: String) -> HeadFault? {
    do throws(HeadFault) {
      _ = try parse(Array(text.utf8))
      return nil
    } catch {
      return error
    }
  }

  @Test func `reads a head`() throws {
    let head = try #require(try Self.parse(Array(Self.head.utf8)))
    #expect(head.status == 200 && head.minorVersion == 1)
    #expect(
      head.fields == [
        HeaderField(name: "content-type", value: "text/plain"),
        HeaderField(name: "x-empty", value: ""),
      ])
    #expect(try Self.parse(Array("HTTP/1.0 404\r\n\r\n".utf8))?.status == 404)
  }

  @Test func `needs every byte of it`() throws {
    let bytes = Array(Self.head.utf8)
    for count in 0..<bytes.count { #expect(try Self.parse(Array(bytes[..<count])) == nil) }
  }

  @Test(arguments: [
    ("\r\n", HeadFault.statusLine), ("HTTP/1.1 200 OK\n", .statusLine),
    ("HTTP/1.2 200 OK\r\n", .statusLine), ("http/1.1 200 OK\r\n", .statusLine),
    ("HTTP/1.1  200 OK\r\n", .statusLine), ("HTTP/1.1 2000\r\n", .statusLine),
    ("HTTP/1.1 099 X\r\n", .statusLine), ("HTTP/1.1 600 X\r\n", .statusLine),
    ("HTTP/1.1 200 a\u{0}\r\n", .statusLine), ("HTTP/1.1 200 OK\r\n: x\r\n", .field(line: 2)),
    ("HTTP/1.1 200 OK\r\nA : x\r\n", .field(line: 2)),
    ("HTTP/1.1 200 OK\r\n A: x\r\n", .field(line: 2)),
    ("HTTP/1.1 200 OK\r\nA: x\r\n\tb: c\r\n", .field(line: 3)),
    ("HTTP/1.1 200 OK\r\nA: x\ry\r\n", .field(line: 2)),
    ("HTTP/1.1 200 OK\r\nA(: x\r\n", .field(line: 2)),
    ("HTTP/1.1 200 OK\r\nA: \u{7F}\r\n", .field(line: 2)),
  ])
  func `names what is wrong`(text: String, fault: HeadFault) {
    #expect(Self.fault(text) == fault)
  }

  @Test func `has limits`() {
    let ok = "HTTP/1.1 200 OK\r\n"
    let line = HTTPLimits.lineBytesMax
    let long = String(repeating: "a", count: line - 4)
    #expect(Self.fault(ok + "A: \(long)\r\n") == nil)
    #expect(Self.fault(ok + "A: \(long)a\r\n") == .lineTooLong(bytesMax: line))
    let fields = String(repeating: "A: b\r\n", count: HTTPLimits.fieldsMax)
    #expect(Self.fault(ok + fields) == nil)
    #expect(Self.fault(ok + fields + "A: b\r\n") == .tooManyFields(fieldsMax: 64))
    let half = "A: \(String(repeating: "a", count: 8000))\r\n"
    #expect(Self.fault(ok + half + half + half + half) == nil)
    #expect(Self.fault(ok + half + half + half + half + half) == .tooLong(bytesMax: 32 * 1024))
  }

  private static func body(
    _ fields: [(String, String)], _ bytes: [UInt8], status: Int = 200, piece: Int = .max,
    isHead: Bool = false
  ) throws -> (body: [UInt8], isDone: Bool, left: Int) {
    var head = ResponseHead()
    head.status = status
    head.fields = fields.map { HeaderField(name: $0.0, value: $0.1) }
    var decoder = try BodyDecoder(head, isHead: isHead)
    var (body, place) = ([UInt8](), 0)
    while place < bytes.count, !decoder.isDone {
      let end = piece == .max ? bytes.count : min(place + piece, bytes.count)
      let slice = Array(bytes[place..<end])
      var taken = 0
      var fault: ChunkFault?
      slice.withUnsafeBytes { raw in
        do throws(ChunkFault) {
          let step = try decoder.take(raw)
          taken = step.taken
          body += raw[step.body]
        } catch {
          fault = error
        }
      }
      if let fault { throw fault }
      #expect(taken > 0)
      place += taken
    }
    return (body, decoder.isDone, bytes.count - place)
  }

  private static let chunked = [("transfer-encoding", "Chunked")]

  @Test(arguments: [1, 2, 3, 7, Int.max]) func `reads chunks in any pieces`(piece: Int) throws {
    let bytes = Array("5\r\nhello\r\n0006;x=\"y\"\r\n world\r\n0\r\nA: b\r\n\r\nnext".utf8)
    let found = try Self.body(Self.chunked, bytes, piece: piece)
    #expect(found.body == Array("hello world".utf8) && found.isDone && found.left == 4)
  }

  @Test func `a body ends where the head says`() throws {
    let bytes = Array("hello".utf8)
    let (length, none) = ([("content-length", "3")], [(String, String)]())
    #expect(try Self.body(length, bytes) == (Array("hel".utf8), true, 2))
    #expect(try Self.body([("content-length", "9")], bytes) == (bytes, false, 0))
    #expect(try Self.body(none, bytes) == (bytes, false, 0))
    #expect(try Self.body(length, bytes, isHead: true) == ([], true, 5))
    for status in [204, 304] { #expect(try Self.body(length, bytes, status: status).left == 5) }
  }

  @Test(arguments: [
    [("content-length", "1"), ("content-length", "1")], [("content-length", "1, 1")],
    [("content-length", "")], [("content-length", "+1")], [("content-length", "-1")],
    [("content-length", " 1")], [("content-length", "1e3")],
    [("content-length", "1234567890123456789")],
    [("content-length", "1"), ("transfer-encoding", "chunked")],
    [("transfer-encoding", "chunked"), ("transfer-encoding", "chunked")],
    [("transfer-encoding", "chunked, chunked")], [("transfer-encoding", "identity")],
    [("transfer-encoding", "")],
  ]) func `two readings are none`(fields: [(String, String)]) {
    #expect(throws: HeadFault.framing) { try Self.body(fields, [1, 2, 3]) }
  }

  @Test(arguments: [
    ("\r\n", ChunkFault.size), ("g\r\n", .size), ("-1\r\n", .size), ("0x1\r\n", .size),
    (" 1\r\n", .size), ("1 \r\n", .size), ("1234567890123456\r\n", .size),
    ("1\nx\n", .lineEnd), ("1\r\nxy\r\n", .lineEnd), ("1;\u{1}\r\n", .size),
    ("0\r\na\u{0}\r\n", .trailer),
  ]) func `names what is wrong with a chunk`(text: String, fault: ChunkFault) {
    #expect(throws: fault) { try Self.body(Self.chunked, Array(text.utf8)) }
  }

  @Test func `chunks have limits`() {
    let long = String(repeating: "a", count: HTTPLimits.chunkLineBytesMax)
    #expect(throws: ChunkFault.lineTooLong) { try Self.body(Self.chunked, Array("1;\(long)".utf8)) }
    let trailer = String(repeating: "A: b\r\n", count: HTTPLimits.trailerBytesMax / 6 + 1)
    #expect(throws: ChunkFault.trailer) {
      try Self.body(Self.chunked, Array("0\r\n\(trailer)".utf8))
    }
  }

  /// Mutations of good answers: they may be taken or refused, but the parsers always end, stay
  /// within their limits and never trap.
  @Test(arguments: 0..<64 as Range<UInt64>) func `survives mutated answers`(seed: UInt64) {
    var random = SplitMix(state: seed)
    let good = Array(
      (Self.head.dropLast(2) + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n").utf8)
    for _ in 0..<500 {
      var bytes = good
      for _ in 0...random.next(below: 4) {
        let place = Int(random.next(below: UInt64(bytes.count)))
        switch random.next(below: 4) {
        case 0: bytes[place] = UInt8(random.next(below: 256))
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(UInt8(random.next(below: 256)), at: place)
        default: bytes.replaceSubrange(place..<place, with: bytes[..<place])
        }
        if bytes.isEmpty || bytes.count > 4096 { bytes = good }
      }
      var parser = HeadParser()
      do {
        guard let end = try bytes.indices.first(where: { try parser.push(bytes[$0]) }) else {
          continue
        }
        #expect(parser.head.fields.count <= HTTPLimits.fieldsMax)
        let fields = parser.head.fields.map { ($0.name, $0.value) }
        _ = try Self.body(fields, Array(bytes[(end + 1)...]))
      } catch {
        continue
      }
    }
  }
}
