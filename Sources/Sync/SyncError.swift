import Models
import Store
import System
import Trust

/// Why sync did not get or send what it wanted. `verdict` says what follows from it, and
/// `SyncMessages.swift` has the sentences.
package enum SyncError: Error {
  /// There was no whole answer.
  case http(HTTPFailure)
  /// There was a whole answer, and it is no success.
  case status(StatusFailure)
  /// The answer is a success, and lacks what it has to hold.
  case answer(place: String, missing: String)
  /// The answer is a web page, which no server of sync gives: the network wants a login, or the
  /// address is another program's.
  case page(place: String)
  case download(DownloadError)
  case store(path: String, OutboxError)
  case file(path: String, Files.Failure)
  case registry(RegistryError)
  case models(ModelsError)
  case trust(TrustError)
  /// The verification says that a bundle is of no use on this board. The lines are for people.
  case refused([String])
  /// The board cannot fetch or verify a bundle now. The lines are for people.
  case postponed([String])
  /// No service manager has handed over the secret of this name.
  case credential(String)
  /// A file of secrets is not what it has to be.
  case headers(path: String, HeaderFileFault)
  /// An MLflow server answered, and its answer is of no use. `place`: the server, as messages name
  /// it.
  case mlflow(place: String, MLflowError)

  /// The registry answers 410 for one of several models. The answer is about that model, and not
  /// about the registry.
  case gone([String])

  /// What follows for the item that sync sent or asked for. `.done` comes only of a 304, for which
  /// sync never asks.
  var verdict: ResponseVerdict {
    switch self {
    case .http(let failure): failure.fault.isPassing ? .retry : .final
    case .status(let failure): Self.verdict(failure.status, failure.retryAfter)
    case .download(.status(_, let status, let seconds)): Self.verdict(status, seconds)
    // The whole download was of no use. Sync does not pay for it again at once.
    case .download(.digest), .download(.unsteady): .final
    case .download(let error): error.isPassing ? .retry : .final
    // Another process may hold the file, or the disk may be full for a while.
    case .store, .file, .postponed: .retry
    // A person may log the board in at any time.
    case .page: .retry
    case .mlflow(_, let error): error.isPassing ? .retry : .final
    case .answer, .registry, .models, .trust, .refused, .credential, .headers, .gone: .final
    }
  }

  /// A server that says when sync may ask again expects to give another answer then. So its status
  /// alone does not make the answer final.
  private static func verdict(_ status: Int, _ retryAfter: Int64?) -> ResponseVerdict {
    let verdict = ResponseVerdict(status: status)
    return verdict == .final && retryAfter != nil ? .wait : verdict
  }

  /// The failure of the exchange; nil when there was a whole answer, or no exchange.
  var httpFailure: HTTPFailure? {
    switch self {
    case .http(let failure), .download(.http(let failure)): failure
    default: nil
    }
  }

  /// Whether no other request to this server can succeed now: the link is down, the day's bytes are
  /// spent, or the server wants to be left alone.
  var endsRound: Bool { httpFailure?.fault.endsRound ?? (retryAfter != nil) }

  /// Whether the registry has no bundle under that revision that this board can use.
  var isOfTheBundle: Bool {
    switch self {
    case .download(.digest), .download(.unsteady), .download(.tooLarge): true
    case .download(.status(_, 410, _)): true
    case .mlflow(_, .files), .mlflow(_, .digestList), .mlflow(_, .artifactScheme): true
    case .models(.file(_, .tooLarge)), .models(.file(_, .notRegular)), .refused: true
    case .trust(.hiddenFile): true
    default: false
    }
  }

  /// Whether sync had to fetch all bytes of the bundle to find the fault.
  var hasCostTheWhole: Bool {
    switch self {
    case .download(.digest), .download(.unsteady), .models(.file(_, .tooLarge)), .refused: true
    default: false
    }
  }

  /// Whether the bytes that sync fetched before the fault are worth keeping. They are not when the
  /// disk is at fault, because it may be full.
  var isResumable: Bool {
    switch self {
    case .download(.file), .models: false
    default: !isOfTheBundle
    }
  }

  /// The server wants no request for so many seconds; nil when it did not say so.
  var retryAfter: Int64? {
    switch self {
    case .status(let failure): failure.retryAfter
    case .download(.status(_, _, let seconds)): seconds
    default: nil
    }
  }

  /// Whether the address or the credentials do not fit, so that the server gives every request this
  /// answer. Otherwise a final status is about the item that sync sent.
  var isOfTheServer: Bool { blame != .record && blame != .size }
}

/// An answer with a status other than 2xx.
package struct StatusFailure: Equatable, Sendable {
  /// The server and the path of the request: `mlflow.example.org /api/2.0/…`
  let place: String
  let status: Int
  /// Seconds; nil when the server did not say when it wants to be asked again.
  let retryAfter: Int64?
  /// The server's own words, cut and without control characters; "" for none.
  let detail: String
}
