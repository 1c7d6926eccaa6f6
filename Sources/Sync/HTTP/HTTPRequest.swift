import Text

/// What to ask of a server.
struct HTTPRequest {
  enum Method: String, Equatable, Sendable {
    case get = "GET"
    case head = "HEAD"
    case put = "PUT"
    case post = "POST"
    case patch = "PATCH"
    case delete = "DELETE"
  }

  var method = Method.get
  var url: URL
  /// Beside those that the client writes itself; the client sends them to every host of a redirect.
  var fields: [HeaderField] = []
  var body: [UInt8] = []
  /// More than that ends the exchange, announced or not.
  var bodyBytesMax: Int64 = HTTPLimits.bodyBytesMax
  /// In place of the client's limit; 0: no end, for downloads, which the minimum rate ends.
  var totalMilliseconds: Int64?
  /// May be sent a second time when a kept connection turns out to be gone before an answer came.
  /// Uploads that the server tells apart by key may say so too.
  var isRepeatable: Bool

  init(
    _ method: Method, _ url: URL, fields: [HeaderField] = [], body: [UInt8] = [],
    bodyBytesMax: Int64 = HTTPLimits.bodyBytesMax
  ) {
    (self.method, self.url, self.fields, self.body) = (method, url, fields, body)
    self.bodyBytesMax = bodyBytesMax
    isRepeatable = method != .post && method != .patch
  }

  /// - Parameters:
  ///   - absolute: for a proxy that is asked in clear.
  ///   - secrets: fields meant for this origin only.
  @export(interface)
  func head(absolute: Bool, secrets: [HeaderField]) -> [UInt8] {
    var text = "\(method.rawValue) \(absolute ? url.text : url.target) HTTP/1.1\r\n"
    text += "Host: \(url.authority)\r\nUser-Agent: edgeagent/\(SemanticVersion.agent.text)\r\n"
    // A body is stored as it comes, so it must not come compressed.
    text += "Accept-Encoding: identity\r\n"
    let hasBody = !body.isEmpty || method == .post || method == .put || method == .patch
    if hasBody { text += "Content-Length: \(body.count)\r\n" }
    for field in fields + secrets { text += "\(field.name): \(field.value)\r\n" }
    return Array((text + "\r\n").utf8)
  }
}

/// Takes one response.
///
/// A class-bound protocol: a receiver that stores, hashes or parses keeps its state.
protocol ResponseReceiver: AnyObject {
  /// The head, before any byte of the body. Not called for answers that the client deals with
  /// itself: redirects, a proxy's.
  ///
  /// - Parameter length: bytes of the body, where they are known before.
  /// - Throws: `.receiver` to end the exchange.
  func begin(_ head: ResponseHead, length: Int64?) throws(HTTPFault)
  /// The next bytes of the body, valid during the call.
  func receive(_ bytes: UnsafeRawBufferPointer) throws(HTTPFault)
}

/// A body kept in memory, for short answers; the request's `bodyBytesMax` bounds it.
final class BodyInMemory: ResponseReceiver {
  private(set) var bytes: [UInt8] = []

  func begin(_ head: ResponseHead, length: Int64?) { bytes.removeAll(keepingCapacity: true) }
  func receive(_ bytes: UnsafeRawBufferPointer) { self.bytes.append(contentsOf: bytes) }
}
