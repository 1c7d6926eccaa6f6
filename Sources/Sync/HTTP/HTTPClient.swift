import CPlatform
import System
import Text

/// How the client reaches servers, and with which secrets.
package struct HTTPSettings {
  package var tls = TLSSettings()
  /// An http address. The client sends https requests through it by CONNECT, and http requests in
  /// absolute form. The address comes from the configuration, never from the environment.
  package var proxy: URL?
  /// The value of Proxy-Authorization.
  var proxyAuthorization: String?
  /// Fields such as Authorization. The client sends them to the origin of the request, and to no
  /// other server that a redirect names.
  package var secrets: [HeaderField] = []
  package var limits = TimeLimits()
  /// The host whose word about the time counts: that of the server in the configuration. A server
  /// that a redirect names is none, because the redirecting server chose it.
  var witness: String?
  /// All clients of one link share it.
  var meter: TrafficMeter?
  /// The client borrows it. When it becomes readable, the client ends the exchange.
  var cancelDescriptor: Int32?
  /// The client does a step of it about once a second of an exchange. No time limit of the exchange
  /// counts the time of a step.
  var interlude: (any Interlude)?

  @export(interface)
  package init(
    tls: TLSSettings = TLSSettings(), proxy: URL? = nil, proxyAuthorization: String? = nil,
    secrets: [HeaderField] = [], limits: TimeLimits = TimeLimits(), meter: TrafficMeter? = nil,
    cancelDescriptor: Int32? = nil, interlude: (any Interlude)? = nil
  ) {
    self.tls = tls
    self.proxy = proxy
    self.proxyAuthorization = proxyAuthorization
    self.secrets = secrets
    self.limits = limits
    self.meter = meter
    self.cancelDescriptor = cancelDescriptor
    self.interlude = interlude
  }
}

/// Asks servers, one request at a time, and keeps one connection for the next.
///
/// A body of any length needs only one buffer of `HTTPLimits.bufferBytes` and the memory of
/// OpenSSL.
package final class HTTPClient {
  private let settings: HTTPSettings
  private var context: TLSContext?
  private var kept: (connection: HTTPConnection, url: URL, withIdentity: Bool)?
  /// The TCP connections that the client has made so far.
  private(set) var connections = 0
  /// The time that the witness has told last under TLS, in seconds since 1970, and when, by
  /// `Clock.boot`. The client takes only times at which the server's certificate is valid.
  private(set) var proven: (seconds: Int64, at: Int64)?
  /// The server's certificate has expired by the time that this client judges by.
  private(set) var hasFoundExpired = false
  /// The settings' witness.
  var witness: String? { settings.witness }

  package init(_ settings: HTTPSettings) { self.settings = settings }

  /// What servers may repeat and nobody else may see.
  var secrets: [String] {
    settings.secrets.map { $0.value } + [settings.proxyAuthorization].compactMap { $0 }
  }

  /// Another one for the same server, whose exchanges may go on while one of this client does. They
  /// share what TLS needs but the connection.
  ///
  /// - Parameter milliseconds: of each of its exchanges, and of its connecting.
  func beside(within milliseconds: Int64) -> HTTPClient {
    var settings = settings
    settings.interlude = nil
    settings.limits.totalMilliseconds = milliseconds
    settings.limits.connectMilliseconds = min(milliseconds, settings.limits.connectMilliseconds)
    let client = HTTPClient(settings)
    client.context = context
    return client
  }

  /// Drops the kept connection, before a long sleep or after a change of the link.
  package func close() { kept = nil }

  /// Sends a request, follows its redirects, and hands the answer to the receiver.
  ///
  /// - Returns: the head of the answer, with any status.
  /// - Throws: why there is no whole answer. The receiver may have had the beginning of one.
  @export(interface)
  func send(
    _ request: HTTPRequest, to receiver: any ResponseReceiver
  ) throws(HTTPFailure) -> ResponseHead {
    var limits = settings.limits
    limits.totalMilliseconds = request.totalMilliseconds ?? limits.totalMilliseconds
    let watch = Watch(
      limits, cancelDescriptor: settings.cancelDescriptor, interlude: settings.interlude)
    var request = request
    let origin = request.url
    var redirects = 0
    while true {
      let isAtOrigin = request.url.hasOrigin(of: origin)
      do throws(HTTPFault) {
        if let meter = settings.meter, meter.isSpent { throw .budgetSpent }
        let (head, target) = try exchange(request, isAtOrigin, receiver, watch)
        guard let target else { return head }
        redirects += 1
        guard redirects <= HTTPLimits.redirectsMax else {
          throw .redirect(.tooMany(redirectsMax: HTTPLimits.redirectsMax))
        }
        request.url = target
      } catch {
        kept = nil
        if case .tls(.expired) = error, isAtOrigin { hasFoundExpired = true }
        throw HTTPFailure(place: place(of: error, request.url), fault: error)
      }
    }
  }

  /// Does one request.
  ///
  /// - Returns: the head of the answer, and the target where the answer is a redirect.
  private func exchange(
    _ request: HTTPRequest, _ isAtOrigin: Bool, _ receiver: any ResponseReceiver, _ watch: Watch
  ) throws(HTTPFault) -> (ResponseHead, redirect: URL?) {
    let isAbsolute = settings.proxy != nil && request.url.scheme == .http
    var secrets = isAtOrigin ? settings.secrets : []
    if isAbsolute, let authorization = settings.proxyAuthorization {
      secrets.append(HeaderField(name: "Proxy-Authorization", value: authorization))
    }
    let lines = request.head(absolute: isAbsolute, secrets: secrets)
    let (connection, answer) = try ask(request, lines, isAtOrigin, watch)
    let (head, decoder) = answer
    if let date = head.value("date").flatMap({ HTTPDate.seconds($0) }),
      request.url.host == settings.witness, connection.vouches(for: date)
    {
      proven = (date, Clock.boot())
    }
    watch.enter(.body)
    let target = try redirect(head, request)
    if target != nil {
      // The client can use a connection again only after it has read the body. For a long body a
      // new connection is cheaper.
      let isShort = (decoder.length ?? 0) <= HTTPLimits.drainedBytesMax && !decoder.isUntilClose
      if isShort { try drain(connection, head, decoder, watch) }
    } else {
      try receiver.begin(head, length: decoder.length)
      try connection.readBody(
        head, decoder, bytesMax: request.bodyBytesMax, to: receiver, watch: watch)
    }
    kept = connection.isReusable ? (connection, request.url, isAtOrigin) : nil
    return (head, target)
  }

  /// Reads the short body of a redirect. The length of a body in chunks is not known before: one
  /// that is too long, broken or cut costs the connection, and not the redirect.
  private func drain(
    _ connection: HTTPConnection, _ head: ResponseHead, _ decoder: BodyDecoder, _ watch: Watch
  ) throws(HTTPFault) {
    do throws(HTTPFault) {
      try connection.readBody(
        head, decoder, bytesMax: HTTPLimits.drainedBytesMax, to: Drain(), watch: watch)
    } catch {
      switch error {
      case .bodyTooLarge, .chunk, .cut, .transfer, .tls(.transfer): return
      default: throw error
      }
    }
  }

  /// Sends the request on the kept connection or on a new one. The server may close the kept one
  /// while the request is on its way. Then the client sends a repeatable request again on a new
  /// one.
  private func ask(
    _ request: HTTPRequest, _ lines: [UInt8], _ isAtOrigin: Bool, _ watch: Watch
  ) throws(HTTPFault) -> (HTTPConnection, (ResponseHead, BodyDecoder)) {
    let isHead = request.method == .head
    if let kept, kept.url.hasOrigin(of: request.url), kept.withIdentity == isAtOrigin,
      !kept.connection.isStale
    {
      do throws(HTTPFault) {
        let answer = try kept.connection.send(
          head: lines, body: request.body, isHead: isHead, watch: watch)
        return (kept.connection, answer)
      } catch {
        guard request.isRepeatable, !kept.connection.hasAnswered, error.isLostConnection else {
          throw error
        }
      }
    }
    kept = nil
    let connection = try connect(request.url, withIdentity: isAtOrigin, watch)
    let answer = try connection.send(
      head: lines, body: request.body, isHead: isHead, watch: watch)
    return (connection, answer)
  }

  private func connect(
    _ url: URL, withIdentity: Bool, _ watch: Watch
  ) throws(HTTPFault) -> HTTPConnection {
    // The client reads the files of TLS before it makes a connection. No server is at fault when a
    // file cannot be read.
    let context = url.scheme == .https ? try tlsContext() : nil
    let next = settings.proxy ?? url
    let stream = try TCPStream.connect(host: next.host, port: next.port, watch: watch)
    connections += 1
    guard let context else { return HTTPConnection(stream, meter: settings.meter) }
    if settings.proxy != nil { try openTunnel(to: url, through: stream, watch) }
    let secured = try TLSStream(
      stream, host: url.host, isAddress: url.isAddressLiteral, context: context,
      withIdentity: withIdentity)
    // The handshake needs most of the code that an exchange does, and not what led to it.
    cp_drop_code_pages()
    do throws(HTTPFault) {
      try secured.handshake(watch)
    } catch {
      // The bytes of a failed handshake count too.
      try settings.meter?.spend(secured.wireBytes)
      throw error
    }
    // The handshake ran much code that the exchange does not run. Without this call, the pages of
    // that code would stay in memory.
    cp_drop_code_pages()
    return HTTPConnection(secured, meter: settings.meter)
  }

  private func openTunnel(
    to url: URL, through stream: TCPStream, _ watch: Watch
  ) throws(HTTPFault) {
    var text = "CONNECT \(url.hostAndPort) HTTP/1.1\r\nHost: \(url.hostAndPort)\r\n"
    if let authorization = settings.proxyAuthorization {
      text += "Proxy-Authorization: \(authorization)\r\n"
    }
    let tunnel = HTTPConnection(stream, meter: settings.meter)
    let (head, _) = try tunnel.send(
      head: Array((text + "\r\n").utf8), body: [], isHead: true, watch: watch)
    guard 200..<300 ~= head.status else { throw .proxyRefused(status: head.status) }
    // In TLS the client speaks first. So bytes that are here already do not come from the server.
    guard !tunnel.hasLeftOver else { throw .head(.framing) }
  }

  private func tlsContext() throws(HTTPFault) -> TLSContext {
    if let context { return context }
    do throws(TLSFault) {
      let made = try TLSContext(settings.tls)
      // OpenSSL ran much code to make its tables. The handshake does not run that code.
      cp_drop_code_pages()
      context = made
      return made
    } catch {
      throw .tls(error)
    }
  }

  /// The target of the redirect, if the answer is one that the client may follow.
  private func redirect(
    _ head: ResponseHead, _ request: HTTPRequest
  ) throws(HTTPFault) -> URL? {
    guard [301, 302, 303, 307, 308].contains(head.status) else { return nil }
    // At 301, 302 and 303 many clients turn POST into GET. This client does not, and the caller
    // judges such an answer.
    let isSafe = request.method == .get || request.method == .head
    guard isSafe || head.status == 307 || head.status == 308 else { return nil }
    guard let location = head.value("location"), let target = try? request.url.resolving(location)
    else { throw .redirect(.location) }
    guard request.url.scheme == .http || target.scheme == .https else {
      throw .redirect(.toPlain)
    }
    if request.staysWithHost, request.url.scheme == .http, target.host != request.url.host {
      throw .redirect(.elsewhere(host: target.host))
    }
    return target
  }

  /// The server or the proxy that the message of a fault names.
  private func place(of fault: HTTPFault, _ url: URL) -> String {
    guard let proxy = settings.proxy else { return url.authority }
    switch fault {
    case .resolve, .connect, .timeout(.connecting, _), .proxyRefused: return proxy.hostAndPort
    default: return url.authority
    }
  }
}

/// Takes a body that the client drops.
private final class Drain: ResponseReceiver {
  func begin(_ head: ResponseHead, length: Int64?) {}
  func receive(_ bytes: UnsafeRawBufferPointer) {}
}

extension HTTPFault {
  /// A kept connection has these faults when the server had closed it already.
  fileprivate var isLostConnection: Bool {
    switch self {
    case .cut, .transfer, .tls(.transfer): true
    default: false
    }
  }
}
