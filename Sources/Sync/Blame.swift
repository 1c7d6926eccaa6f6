/// What may be at fault when a request with records failed.
enum Blame: Equatable {
  /// No request can succeed now, whatever is in it: the link is down, the network wants a login,
  /// the day's bytes are spent, a file of this board is missing.
  case link
  /// The server says that what was sent is wrong.
  case record
  /// The server says that the request is too large.
  case size
  /// The connection ended without an answer: as a large request ends on some links, and as a
  /// server ends that a record makes crash.
  case cut
  /// No answer came in time.
  case silence
  /// The server answered that it is in trouble.
  case trouble
  /// The address, the credentials or the protocol do not fit. A path of its own may be the reason,
  /// or something between that dislikes one record.
  case server

  /// So many single records are refused one after the other before the server is at fault. Each is
  /// a request in a round that fails. A record that the server calls wrong costs it little. Many
  /// tries with wrong credentials may lock a user out.
  var refusalsMax: Int {
    switch self {
    case .record, .size: 8
    case .cut, .trouble: 3
    case .server: 2
    case .link, .silence: 1
    }
  }
}

extension SyncError {
  var blame: Blame {
    switch self {
    case .status(let failure): Self.blame(failure.status)
    case .http(let failure): failure.fault.blame
    case .answer, .mlflow: .server
    case .page, .download, .store, .file, .registry, .models, .trust, .refused, .postponed: .link
    case .credential, .headers, .gone: .link
    }
  }

  private static func blame(_ status: Int) -> Blame {
    switch status {
    case 400, 406, 409, 414, 422, 431: .record
    case 413: .size
    case 407, 511: .link
    case 408, 425, 429, 500..<600: .trouble
    default: .server
    }
  }
}

extension HTTPFault {
  fileprivate var blame: Blame {
    switch self {
    case .cut, .transfer, .tls(.transfer): .cut
    case .timeout(.connecting, _), .timeout(.handshake, _): .link
    case .timeout, .tooSlow: .silence
    case .head, .chunk, .bodyTooLarge: .server
    case .redirect(.elsewhere): .link
    case .redirect: .server
    case .url, .resolve, .connect, .cancelled, .budgetSpent, .tls, .proxyRefused, .receiver: .link
    }
  }
}
