/// What an answer's status means for the item that sync sent or asked for.
enum ResponseVerdict: Equatable, Sendable {
  /// 2xx is a success, and so is 304 for a conditional request.
  case done
  /// 410: the server wants no more of this. Sync stops asking it.
  case stop
  /// 429 and 503: the server is up and busy. Sync obeys its Retry-After, if there is one.
  case wait
  /// 408, 425 and other 5xx: sync tries again after a back-off.
  case retry
  /// Any other status: the same request will get the same answer. An upload sets aside a record
  /// that gets it alone.
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

  /// Whether another try may succeed without a change by a person.
  var isPassing: Bool { self == .wait || self == .retry }
}

extension HTTPFault {
  /// Whether another try may succeed without a change by a person on this board. This counts for
  /// certificates and names too, because the clock may be set and DNS may be repaired meanwhile.
  var isPassing: Bool {
    switch self {
    case .resolve, .connect, .transfer, .timeout, .tooSlow, .cut, .tls, .head, .chunk: true
    case .proxyRefused(let status): ResponseVerdict(status: status).isPassing
    // As for a login page: a person may log the board in at any time.
    case .redirect(.elsewhere): true
    case .url, .cancelled, .budgetSpent, .bodyTooLarge, .redirect, .receiver: false
    }
  }
}
