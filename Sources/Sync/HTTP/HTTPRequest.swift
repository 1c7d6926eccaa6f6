import Text

/// What the client asks of a server.
struct HTTPRequest {
  enum Method: String, Equatable, Sendable {
    case get = "GET"
    case head = "HEAD"
    case put = "PUT"
    case post = "POST"
    case patch = "PATCH"
    case delete = "DELETE"
    case options = "OPTIONS"
  }

  var method = Method.get
  var url: URL
  /// Fields beside those that the client writes itself. The client sends them to every server that
  /// a redirect names.
  var fields: [HeaderField] = []
  var body: [UInt8] = []
  /// A longer body of the answer ends the exchange, whether the server announced its length or not.
  var bodyBytesMax: Int64 = HTTPLimits.bodyBytesMax
  /// Replaces `TimeLimits.totalMilliseconds` of the client. nil keeps it, and 0 means no limit.
  var totalMilliseconds: Int64?
  /// The client follows no redirect from plain http to another host. Such an answer may be that of
  /// a network which wants a login, and what its server says is no answer to this request.
  var staysWithHost = false
  /// The client may send the request a second time when a kept connection ends before the answer.
  /// An upload may set this if the server recognizes a record that it has already.
  var isRepeatable: Bool

  init(
    _ method: Method, _ url: URL, fields: [HeaderField] = [], body: [UInt8] = [],
    bodyBytesMax: Int64 = HTTPLimits.bodyBytesMax
  ) {
    (self.method, self.url, self.fields, self.body) = (method, url, fields, body)
    self.bodyBytesMax = bodyBytesMax
    isRepeatable = method != .post && method != .patch
  }

  /// The request line and the fields, as bytes.
  ///
  /// - Parameters:
  ///   - absolute: the request line has the whole address, as a proxy needs it for http.
  ///   - secrets: fields that only the server of this request, or the proxy, may see.
  @export(interface)
  func head(absolute: Bool, secrets: [HeaderField]) -> [UInt8] {
    var text = "\(method.rawValue) \(absolute ? url.text : url.target) HTTP/1.1\r\n"
    text += "Host: \(url.authority)\r\nUser-Agent: edgeagent/\(SemanticVersion.agent.text)\r\n"
    // The receiver stores a body as it comes, so the body must not come compressed.
    text += "Accept-Encoding: identity\r\n"
    let hasBody = !body.isEmpty || method == .post || method == .put || method == .patch
    if hasBody { text += "Content-Length: \(body.count)\r\n" }
    for field in fields + secrets { text += "\(field.name): \(field.value)\r\n" }
    return Array((text + "\r\n").utf8)
  }
}

/// Takes one response.
///
/// Only classes may conform, because a receiver has state.
protocol ResponseReceiver: AnyObject {
  /// Takes the head, before any byte of the body. The client does not call this for a redirect that
  /// it follows, nor for the answer of a proxy.
  ///
  /// - Parameter length: bytes of the body, where the head says so.
  /// - Throws: `.receiver` to end the exchange.
  func begin(_ head: ResponseHead, length: Int64?) throws(HTTPFault)
  /// Takes the next bytes of the body, which are valid during the call.
  ///
  /// - Throws: `.receiver` to end the exchange.
  func receive(_ bytes: UnsafeRawBufferPointer) throws(HTTPFault)
}

/// Keeps a short body in memory; the request's `bodyBytesMax` bounds it.
final class BodyInMemory: ResponseReceiver {
  private(set) var bytes: [UInt8] = []

  func begin(_ head: ResponseHead, length: Int64?) { bytes.removeAll(keepingCapacity: true) }
  func receive(_ bytes: UnsafeRawBufferPointer) { self.bytes.append(contentsOf: bytes) }
}
