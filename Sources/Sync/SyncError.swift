import Models
import Store
import System
import Trust

/// Why something that sync wants did not come to its end. `verdict` says what to do about it,
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
  /// A bundle was verified and is of no use on this board; in words for people.
  case refused([String])
  /// A bundle could not be verified now; in words for people.
  case postponed([String])
  /// A secret that no service manager has brought.
  case credential(String)
  /// A file of header fields.
  case headers(path: String, HeaderFileFault)
  /// - place: the server, as it is named in messages.
  case mlflow(place: String, MLflowError)

  /// 410 for one of several models: about that one, not about the registry.
  case gone([String])

  /// `.done` never comes of it.
  var verdict: ResponseVerdict {
    switch self {
    case .http(let failure): failure.fault.isPassing ? .retry : .final
    case .status(let failure): Self.verdict(failure.status, failure.retryAfter)
    case .download(.status(_, let status, let seconds)): Self.verdict(status, seconds)
    // A whole download that came to nothing is not paid for again at once.
    case .download(.digest), .download(.unsteady): .final
    case .download(let error): error.isPassing ? .retry : .final
    // Another program may hold it, or a disk be full for a while.
    case .store, .file, .postponed: .retry
    case .mlflow(_, let error): error.isPassing ? .retry : .final
    case .answer, .registry, .models, .trust, .refused, .credential, .headers, .gone: .final
    }
  }

  /// Whoever says when it may be asked again expects to say something else then, whatever the status.
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

  /// Nothing else will do better now: the link is down, the day's bytes are spent, the server wants
  /// to be left alone.
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

  /// And to find that out took all of its bytes.
  var hasCostTheWhole: Bool {
    switch self {
    case .download(.digest), .download(.unsteady), .models(.file(_, .tooLarge)), .refused: true
    default: false
    }
  }

  /// What was fetched before it is worth keeping. A disk that is full is not helped by that.
  var isResumable: Bool {
    switch self {
    case .download(.file), .models: false
    default: !isOfTheBundle
    }
  }

  /// Seconds that the server asked to be left alone for.
  var retryAfter: Int64? {
    switch self {
    case .status(let failure): failure.retryAfter
    case .download(.status(_, _, let seconds)): seconds
    default: nil
    }
  }

  /// The address does not fit, or the credentials do not: whatever is sent there gets this answer.
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
