/// What an answer's status means for the item that was sent or asked for.
enum ResponseVerdict: Equatable, Sendable {
  /// 2xx; and 304, which is what a conditional request hopes for.
  case done
  /// 410: the server wants no more of this. Stop asking it.
  case stop
  /// 429 and 503: the server is up and busy; Retry-After rules where it is given.
  case wait
  /// 408, 425 and other 5xx: try again after a back-off.
  case retry
  /// Anything else: the same request will get the same answer. The item is set aside.
  case final

  init(status: Int) {
    self =
      switch status {
      case 200..<300, 304: .done
      case 410: .stop
      case 429, 503: .wait
      case 408, 425, 500..<600: .retry
      default: .final
      }
  }

  var isPassing: Bool { self == .wait || self == .retry }
}

extension HTTPFault {
  /// Another try may do better although no person changes anything on this board. Certificates and
  /// names too: clocks get set and records of names get repaired meanwhile.
  var isPassing: Bool {
    switch self {
    case .resolve, .connect, .transfer, .timeout, .tooSlow, .cut, .tls, .head, .chunk: true
    case .proxyRefused(let status): ResponseVerdict(status: status).isPassing
    case .url, .cancelled, .budgetSpent, .bodyTooLarge, .redirect, .receiver: false
    }
  }
}
