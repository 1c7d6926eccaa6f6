import System
import Text

/// A server for small questions: one request, one short answer in memory.
package final class Server {
  /// Names and values of one answer; each costs some 50 bytes once it is read, so that a hostile
  /// answer of commas alone would otherwise take 10 MB.
  static let answerValuesMax = 16_384
  /// As much of a refusal as a person reads.
  private static let detailBytesMax = 200

  /// What every path is put behind: `https://example.org/mlflow`, without a slash at its end.
  let base: URL
  let client: HTTPClient

  package init(_ base: URL, _ client: HTTPClient) {
    (self.base, self.client) = (base, client)
  }

  /// - Parameters:
  ///   - path: begins with `/`; its segments are percent-encoded already (`URLText.encoded`).
  ///   - isRepeatable: whether the server takes the same request twice for one, by a key in it.
  /// - Returns: the body of a 2xx answer.
  /// - Throws: `.status` for any other answer, `.http` for none.
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

  /// The same for `base` as it stands, for servers that have one address.
  ///
  /// - Returns: the status too, for a protocol that takes some 2xx and not others.
  func post(
    _ body: [UInt8], type: String, isRepeatable: Bool
  ) throws(SyncError) -> (status: Int, body: [UInt8]) {
    try send(
      HTTPRequest(.post, base), body, type, place: base.authority, isRepeatable)
  }

  private func send(
    _ request: HTTPRequest, _ body: [UInt8], _ type: String, place: String, _ isRepeatable: Bool
  ) throws(SyncError) -> (status: Int, body: [UInt8]) {
    var request = request
    request.body = body
    request.bodyBytesMax = HTTPLimits.answerBytesMax
    if !body.isEmpty { request.fields.append(HeaderField(name: "Content-Type", value: type)) }
    if isRepeatable { request.isRepeatable = true }
    let answer = BodyInMemory()
    let head: ResponseHead
    do throws(HTTPFailure) {
      head = try client.send(request, to: answer)
    } catch {
      throw .http(error)
    }
    guard 200..<300 ~= head.status else {
      throw .status(
        StatusFailure(
          place: place, status: head.status,
          retryAfter: RetryAfter.seconds(head, now: Clock.wall()),
          detail: Self.detail(answer.bytes)))
    }
    return (head.status, answer.bytes)
  }

  /// The same for an answer that has to be JSON.
  @export(interface)
  func askJSON(
    _ method: HTTPRequest.Method, _ path: String, query: [(name: String, value: String)] = [],
    body: [UInt8] = [], isRepeatable: Bool = false
  ) throws(SyncError) -> JSONValue {
    let bytes = try ask(method, path, query: query, body: body, isRepeatable: isRepeatable)
    guard let value = Self.parsed(bytes) else {
      throw .answer(place: "\(base.authority) \(path)", missing: "a JSON document")
    }
    return value
  }

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

  private static func parsed(_ bytes: [UInt8]) -> JSONValue? {
    let separators = bytes.count(where: {
      $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ":")
    })
    guard separators < answerValuesMax else { return nil }
    return bytes.withUnsafeBytes { try? JSONValue.parse($0) }
  }

  /// JSON's `message` or `error`, or the text itself.
  private static func detail(_ bytes: [UInt8]) -> String {
    let value = parsed(bytes)
    let words = value?["message"]?.string ?? value?["error"]?.string
    let text = words.map { Array($0.utf8) } ?? bytes
    let printable = text.prefix(detailBytesMax).map { 0x20...0x7E ~= $0 ? $0 : 0x20 }
    return String(decoding: HeaderText.trimmed(printable), as: UTF8.self)
  }
}
