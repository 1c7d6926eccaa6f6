import System
import Text

/// A server for small questions. Each question is one request, and its short answer is in memory.
package final class Server {
  /// The most names and values of one answer. Each takes some 50 bytes of memory, so without this
  /// limit a hostile answer of commas alone would take more than 10 MB.
  static let answerValuesMax = 16_384
  /// The most bytes of a server's words about a refusal. A person reads no more.
  private static let detailBytesMax = 200
  /// So much of an answer is looked through for secrets before it is cut.
  private static let detailReadMax = 8192

  /// The address before every path: `https://example.org/mlflow`. A slash at its end counts only
  /// for `post`.
  let base: URL
  let client: HTTPClient

  package init(_ base: URL, _ client: HTTPClient) {
    (self.base, self.client) = (base, client)
  }

  /// - Parameters:
  ///   - path: begins with `/`; its segments are percent-encoded already (`URLText.encoded`).
  ///   - isRepeatable: whether the same request twice has the effect of one.
  /// - Returns: the body of a 2xx answer, `HTTPLimits.answerBytesMax` at most.
  /// - Throws: `.status` for any other answer, `.page` for a web page, `.http` when there is no
  ///   whole answer.
  @discardableResult
  func ask(
    _ method: HTTPRequest.Method, _ path: String, query: [(name: String, value: String)] = [],
    body: [UInt8] = [], type: String = "application/json", isRepeatable: Bool = false
  ) throws(SyncError) -> [UInt8] {
    let url = try address(path, query)
    return try send(
      HTTPRequest(method, url), body, type, place: "\(base.authority) \(path)", isRepeatable
    ).body
  }

  /// Posts a body to `base` as it stands, for servers that have one address.
  ///
  /// - Returns: the status too, for a protocol that takes only some 2xx.
  /// - Throws: as `ask`.
  func post(
    _ body: [UInt8], type: String, fields: [HeaderField] = [], isRepeatable: Bool
  ) throws(SyncError) -> (status: Int, body: [UInt8]) {
    try send(
      HTTPRequest(.post, base, fields: fields), body, type, place: base.authority, isRepeatable)
  }

  /// Asks `base` as it stands what it takes.
  ///
  /// - Returns: the status, 2xx.
  func options(_ fields: [HeaderField]) throws(SyncError) -> Int {
    try send(
      HTTPRequest(.options, base, fields: fields), [], "", place: base.authority, true
    ).status
  }

  /// Asks for an answer that may be long, and hands it to the reader as it comes.
  ///
  /// - Throws: as `ask`; `.answer` for an answer that the reader does not take, or that is not
  ///   whole.
  @export(interface)
  func read(
    _ path: String, query: [(name: String, value: String)], with reader: any AnswerReader
  ) throws(SyncError) {
    let place = "\(base.authority) \(path)"
    var request = HTTPRequest(
      .get, try address(path, query), bodyBytesMax: HTTPLimits.streamedBytesMax)
    request.staysWithHost = true
    // The least rate bounds the time of a long answer.
    request.totalMilliseconds = 0
    let answer = StreamedAnswer(reader)
    let head: ResponseHead
    do throws(HTTPFailure) {
      head = try client.send(request, to: answer)
    } catch {
      if WebPage.isOne(answer.beginning) { throw .page(place: place) }
      guard error.fault != .receiver else {
        throw .answer(place: place, missing: "a JSON document")
      }
      throw .http(error)
    }
    try judge(head, answer.beginning, place)
    guard reader.isWhole else { throw .answer(place: place, missing: "a JSON document") }
  }

  private func send(
    _ request: HTTPRequest, _ body: [UInt8], _ type: String, place: String, _ isRepeatable: Bool,
    pageByType: Bool = true
  ) throws(SyncError) -> (status: Int, body: [UInt8]) {
    var request = request
    request.body = body
    request.bodyBytesMax = HTTPLimits.answerBytesMax
    if !body.isEmpty { request.fields.append(HeaderField(name: "Content-Type", value: type)) }
    if isRepeatable { request.isRepeatable = true }
    request.staysWithHost = true
    let answer = BodyInMemory()
    let head: ResponseHead
    do throws(HTTPFailure) {
      head = try client.send(request, to: answer)
    } catch {
      throw .http(error)
    }
    try judge(head, answer.bytes, place, pageByType: pageByType)
    return (head.status, answer.bytes)
  }

  private func judge(
    _ head: ResponseHead, _ body: [UInt8], _ place: String, pageByType: Bool = true
  ) throws(SyncError) {
    guard 200..<300 ~= head.status else {
      throw .status(
        StatusFailure(
          place: place, status: head.status,
          retryAfter: RetryAfter.seconds(head, now: Clock.wall()),
          detail: Self.detail(body, secrets: client.secrets)))
    }
    if pageByType ? WebPage.isOne(head, body) : WebPage.isOne(body) { throw .page(place: place) }
  }

  /// Asks for a short text, which a server may call `text/html` as frameworks do without a word.
  ///
  /// - Throws: as `ask`; `.page` for a text that begins as a web page does.
  func text(_ path: String) throws(SyncError) -> String {
    let place = "\(base.authority) \(path)"
    let bytes = try send(
      HTTPRequest(.get, try address(path)), [], "", place: place, false, pageByType: false
    ).body
    let line = bytes.prefix { $0 != 10 && $0 != 13 }
    return String(decoding: HeaderText.trimmed(line), as: UTF8.self)
  }

  /// Does the same as `ask`, and reads the answer as JSON.
  ///
  /// - Throws: as `ask`; `.answer` for an answer that is no JSON or has too many values.
  @export(interface)
  func askJSON(
    _ method: HTTPRequest.Method, _ path: String, query: [(name: String, value: String)] = [],
    body: [UInt8] = [], type: String = "application/json", isRepeatable: Bool = false
  ) throws(SyncError) -> JSONValue {
    let bytes = try ask(
      method, path, query: query, body: body, type: type, isRepeatable: isRepeatable)
    guard let value = Self.parsed(bytes) else {
      throw .answer(place: "\(base.authority) \(path)", missing: "a JSON document")
    }
    return value
  }

  /// Makes the address of a path behind `base`, with the values of the query percent-encoded.
  ///
  /// - Throws: `.http` with the fault of the address.
  @export(interface)
  func address(
    _ path: String, _ query: [(name: String, value: String)] = []
  ) throws(SyncError) -> URL {
    var text = base.text
    if text.utf8.last == UInt8(ascii: "/") { text.removeLast() }
    text += path
    for (index, part) in query.enumerated() {
      text += (index == 0 ? "?" : "&") + part.name + "=" + URLText.encoded(part.value)
    }
    do throws(URLFault) {
      return try URL(text)
    } catch {
      throw .http(HTTPFailure(place: base.authority, fault: .url(error)))
    }
  }

  static func parsed(_ bytes: [UInt8]) -> JSONValue? {
    let separators = bytes.count(where: {
      $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ":")
    })
    guard separators < answerValuesMax else { return nil }
    return bytes.withUnsafeBytes { try? JSONValue.parse($0) }
  }

  /// The server's words: the member `message` or `error` of JSON, or else the text itself.
  /// Without what the client must not tell: a server may repeat its request.
  static func detail(_ bytes: [UInt8], secrets: [String]) -> String {
    let value = parsed(bytes)
    let words = value?["message"]?.string ?? value?["error"]?.string
    let whole = words ?? String(decoding: bytes.prefix(detailReadMax), as: UTF8.self)
    let text = Array(SecretText.answer(whole, secrets: secrets).utf8)
    let printable = text.prefix(detailBytesMax).map { 0x20...0x7E ~= $0 ? $0 : 0x20 }
    return String(decoding: HeaderText.trimmed(printable), as: UTF8.self)
  }
}
