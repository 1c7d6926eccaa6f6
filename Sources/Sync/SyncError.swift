import Models
import Store
import System
import Trust

/// Why sync did not get or send what it wanted. `verdict` says what to do about it, and
/// `SyncMessages.swift` says it to people.
package enum SyncError: Error {
  /// No whole answer.
  case http(HTTPFailure)
  /// A whole answer that is no success.
  case status(StatusFailure)
  /// A success that lacks what it has to hold.
  case answer(place: String, missing: String)
  case download(DownloadError)
  case store(path: String, OutboxError)
  case file(path: String, Files.Failure)
  case registry(RegistryError)
  case models(ModelsError)
  case trust(TrustError)
  /// The verification says that a bundle is of no use on this board; in words for people.
  case refused([String])
  /// The board cannot verify a bundle now; in words for people.
  case postponed([String])
  /// A secret that no service manager has handed over.
  case credential(String)
  /// A file of header fields.
  case headers(path: String, HeaderFileFault)
  /// - place: the server, as messages name it.
  case mlflow(place: String, MLflowError)

  /// 410 for one of several models: about that one, not about the registry.
  case gone([String])

  /// `.done` never comes of it.
  var verdict: ResponseVerdict {
    switch self {
    case .http(let failure): failure.fault.isPassing ? .retry : .final
    case .status(let failure): Self.verdict(failure.status, failure.retryAfter)
    case .download(.status(_, let status, let seconds)): Self.verdict(status, seconds)
    // Sync does not pay at once again for a whole download that came to nothing.
    case .download(.digest), .download(.unsteady): .final
    case .download(let error): error.isPassing ? .retry : .final
    // Another program may hold it, or a disk be full for a while.
    case .store, .file, .postponed: .retry
    case .mlflow(_, let error): error.isPassing ? .retry : .final
    case .answer, .registry, .models, .trust, .refused, .credential, .headers, .gone: .final
    }
  }

  /// A server that says when sync may ask again expects to give another answer then, so the status
  /// alone does not make it final.
  private static func verdict(_ status: Int, _ retryAfter: Int64?) -> ResponseVerdict {
    let verdict = ResponseVerdict(status: status)
    return verdict == .final && retryAfter != nil ? .wait : verdict
  }

  /// What happened to the exchange.
  var httpFailure: HTTPFailure? {
    switch self {
    case .http(let failure), .download(.http(let failure)): failure
    default: nil
    }
  }

  /// No other request to this server will do better now: the link is down, the day's bytes are
  /// spent, the server wants to be left alone.
  var endsRound: Bool { httpFailure?.fault.endsRound ?? (retryAfter != nil) }

  /// What the registry has under that revision is no bundle for any board.
  var isOfTheBundle: Bool {
    switch self {
    case .download(.digest), .download(.unsteady), .download(.tooLarge): true
    case .download(.status(_, 410, _)): true
    case .mlflow(_, .files), .mlflow(_, .digestList), .mlflow(_, .artifactScheme): true
    case .models(.file(_, .tooLarge)), .refused: true
    default: false
    }
  }

  /// Sync had to fetch all of its bytes to find that out.
  var hasCostTheWhole: Bool {
    switch self {
    case .download(.digest), .download(.unsteady), .models(.file(_, .tooLarge)), .refused: true
    default: false
    }
  }

  /// The bytes that sync fetched before this are worth keeping, except on a full disk.
  var isResumable: Bool {
    switch self {
    case .download(.file), .models: false
    default: !isOfTheBundle
    }
  }

  /// For so many seconds the server wants no request.
  var retryAfter: Int64? {
    switch self {
    case .status(let failure): failure.retryAfter
    case .download(.status(_, _, let seconds)): seconds
    default: nil
    }
  }

  /// The address or the credentials do not fit: the server gives every request this answer.
  /// Otherwise a final status is about the item that was sent.
  var isOfTheServer: Bool {
    guard case .status(let failure) = self else { return true }
    return ![400, 406, 409, 413, 414, 422, 431].contains(failure.status)
  }
}

/// An answer that says no.
package struct StatusFailure: Equatable, Sendable {
  /// Who answered, and what was asked: `mlflow.example.org /api/2.0/…`
  let place: String
  let status: Int
  let retryAfter: Int64?
  /// The server's own words, cut and without control characters; "" for none.
  let detail: String
}
