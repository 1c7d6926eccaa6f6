import TestSupport
import Testing

@testable import Sync
@testable import Text
@testable import Trust

/// Goal: small parsers of the download and of secrets, and a sentence for every fault.
@Suite struct HTTPSupportTests {
  @Test func `content ranges`() {
    let range = ContentRange("bytes 100-199/200")
    #expect(range?.first == 100 && range?.last == 199 && range?.total == 200)
    for bad in [
      "", "bytes", "bytes ", "bytes */200", "bytes 1-2/*", "bytes 2-1/9", "bytes 0-9/9",
      "items 0-1/2", "bytes 0-1", "bytes -1/2", "bytes 0-/2", "bytes 0-1/2/3", "bytes /0-1",
      "bytes 0-99999999999999999999/1", "bytes  0-1/2", "bytes+0-1/2", "Bytes=0-1/2", "bytes 0/1-2",
    ] { #expect(ContentRange(bad) == nil, "\(bad)") }
  }

  @Test func `part states`() {
    for (length, validator) in [(nil, nil), (5, "\"x\""), (nil, "\"\"")] as [(Int64?, String?)] {
      let state = PartState(url: "http://a/", boot: "b", length: length, validator: validator)
      #expect(PartState(text: Array(state.text.utf8)) == state)
    }
    for bad in [
      "", "\n\n\n\n", "a\nb\nc\n-\n", "a\nb\n-\n-", "a\nb\n-\n-\nmore\n", "a\nb\n-1\n-\n",
    ] {
      #expect(PartState(text: Array(bad.utf8)) == nil)
    }
  }

  @Test func `secrets from files`() throws {
    let text = "# mine\r\n\nAuthorization: Bearer a.b-c\nX-Key:  k \n"
    #expect(
      try HeaderFile.fields(Array(text.utf8)) == [
        HeaderField(name: "Authorization", value: "Bearer a.b-c"),
        HeaderField(name: "X-Key", value: "k"),
      ])
    for (bad, fault) in [
      ("x", HeaderFileFault.line(1)), ("A: b\n c: d", .line(2)), ("A: \u{1}", .line(1)),
      ("a b: c", .line(1)), ("Host: x", .reserved(line: 1)),
      ("cONTENT-length: 1", .reserved(line: 1)),
      (String(repeating: "A: b\n", count: 33), .tooMany(fieldsMax: 32)),
    ].map({ ($0.0 == "A: b\n c: d" ? "A: b\nc d" : $0.0, $0.1) }) {
      #expect(throws: fault) { try HeaderFile.fields(Array(bad.utf8)) }
    }
    #expect(try HeaderFile.basic(Array("a:b c\n".utf8)) == "Basic YTpiIGM=")
    for bad in ["", "\n", "a\nb:c", "no colon"] {
      #expect(throws: HeaderFileFault.line(1)) { try HeaderFile.basic(Array(bad.utf8)) }
    }
  }

  @Test func `a request says what it has to`() throws {
    var request = HTTPRequest(.get, try URL("http://a:81/b?c"))
    let secret = HeaderField(name: "Authorization", value: "x")
    let plain = String(decoding: request.head(absolute: false, secrets: [secret]), as: UTF8.self)
    #expect(plain.hasPrefix("GET /b?c HTTP/1.1\r\nHost: a:81\r\nUser-Agent: edgeagent/"))
    #expect(plain.hasSuffix("Authorization: x\r\n\r\n") && !plain.contains("Content-Length"))
    request.method = .post
    let post = String(decoding: request.head(absolute: true, secrets: []), as: UTF8.self)
    #expect(post.hasPrefix("POST http://a:81/b?c HTTP/1.1\r\n"))
    #expect(post.contains("Content-Length: 0\r\n"))
  }

  @Test func `every fault has its sentence`() throws {
    let faults: [HTTPFault] = [
      .url(.user), .resolve(code: -2), .connect(code: 111), .transfer(code: 104),
      .timeout(.head, milliseconds: 1500), .tooSlow(bytesPerSecond: 1, minimum: 100), .cut(.body),
      .cancelled, .tls(.hostname), .head(.statusLine), .chunk(.size), .bodyTooLarge(bytesMax: 5),
      .proxyRefused(status: 407), .redirect(.location), .receiver, .budgetSpent,
    ]
    expectSentences(faults) { $0.message }
    let tls: [TLSFault] = [
      .file(.key), .unreadable(path: "p", .notRegular(.fifo)), .noAuthorities, .expired(seconds: 0),
      .notYetValid(seconds: 0), .hostname,
      .untrusted(code: 18), .certificate(code: 24), .pin(found: "x"), .version,
      .clientCertificate, .handshake(code: 1), .transfer(code: 1),
    ]
    expectSentences(tls) { $0.message }
    #expect(TLSFault.expired(seconds: 0).message.contains("1970-01-01"))
    let download: [DownloadError] = [
      .http(HTTPFailure(place: "a", fault: .cut(.body))), .status(place: "a", 503, retryAfter: 7),
      .page(place: "a"), .encoded(place: "a"), .length(place: "a", found: 1, expected: 2),
      .lengthUnknown(place: "a"), .tooLarge(bytes: 2, bytesMax: 1),
      .digest(place: "a", found: Digest(of: []), expected: Digest(of: [1])),
      .unsteady(place: "a"), .file(path: "a", .system(code: 28)), .busy(path: "a"),
    ]
    expectSentences(download) { $0.message }
  }
}
