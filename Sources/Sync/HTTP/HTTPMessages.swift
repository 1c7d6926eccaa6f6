import System
import Text

extension HTTPFailure {
  var message: String { "\(TerminalText.printable(place)): \(fault.message)" }
}

extension HTTPFault {
  var message: String {
    switch self {
    case .url(let fault): fault.message
    case .resolve(let code): "no address for this name: \(Resolver.text(code))"
    case .connect(let code): "no connection: \(SystemText.of(code))"
    case .transfer(let code): "the connection broke: \(SystemText.of(code))"
    case .timeout(let phase, let milliseconds):
      "a time limit of \(Self.seconds(milliseconds)) s ended \(phase.text)"
    case .tooSlow(let rate, let minimum):
      "\(Decimal.count(Int(rate), "byte")) a second; at least \(Decimal.grouped(Int(minimum))) are needed"
    case .cut(let phase): "the other side closed the connection in \(phase.text)"
    case .cancelled: "ended early, as asked"
    case .budgetSpent: "the bytes that may go over the link today are spent (bytes_per_day)"
    case .tls(let fault): fault.message
    case .head(let fault): "no HTTP/1.1 answer that can be trusted: \(fault.message)"
    case .chunk(let fault): "a chunked body that cannot be trusted: \(fault.message)"
    case .bodyTooLarge(let bytesMax): "more than \(Decimal.grouped(Int(bytesMax))) bytes"
    case .proxyRefused(let status):
      status == 407
        ? "the proxy wants credentials (407)" : "the proxy refused the connection: \(status)"
    case .redirect(let fault): fault.message
    case .receiver: "the answer was not wanted"
    }
  }

  private static func seconds(_ milliseconds: Int64) -> String {
    Decimal.text(Double(milliseconds) / 1000, decimals: milliseconds % 1000 == 0 ? 0 : 1)
  }
}

extension HTTPFault.Phase {
  fileprivate var text: String {
    switch self {
    case .connecting: "connecting"
    case .handshake: "the TLS handshake"
    case .sending: "sending the request"
    case .head: "waiting for the answer"
    case .body: "the answer's body"
    }
  }
}

extension HeadFault {
  var message: String {
    switch self {
    case .statusLine: "its first line is no HTTP/1 status"
    case .lineTooLong(let bytesMax): "a line of more than \(bytesMax) bytes"
    case .tooManyFields(let fieldsMax): "more than \(fieldsMax) header fields"
    case .tooLong(let bytesMax): "a head of more than \(bytesMax) bytes"
    case .field(let line): "line \(line) is no header field"
    case .framing: "it does not say in one way how long its body is"
    case .tooManyInterim: "one 1xx answer after the other"
    case .upgrade: "it changes the protocol unasked"
    }
  }
}

extension ChunkFault {
  var message: String {
    switch self {
    case .size: "a chunk size that is no hexadecimal number"
    case .lineTooLong: "a chunk's line is too long"
    case .lineEnd: "a chunk's line does not end in CR LF"
    case .trailer: "what follows its last chunk is too long or no field"
    }
  }
}

extension RedirectFault {
  var message: String {
    switch self {
    case .tooMany(let redirectsMax): "more than \(redirectsMax) redirects"
    case .location: "a redirect to no address"
    case .elsewhere(let host):
      "a redirect over plain http to another server (\(TerminalText.printable(host))), as the login "
        + "page of a network makes it"
    case .toPlain: "a redirect from https to http, which would give up what https is for"
    }
  }
}

extension HeaderFileFault {
  @export(interface)
  package func message(_ path: String) -> String {
    switch self {
    case .line(let line): "\(path):\(line): not what it has to be, such as \"Name: value\""
    case .reserved(let line): "\(path):\(line): a field that the client writes itself; remove it"
    case .tooMany(let fieldsMax): "\(path): more than \(fieldsMax) fields"
    }
  }
}
