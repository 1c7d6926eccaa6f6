import Testing

@testable import Sync
@testable import Text
@testable import Trust

/// Goal: each kind of trouble stops what it is about, and no more than that.
@Suite struct SyncErrorTests {
  private func status(_ status: Int, retryAfter: Int64? = nil) -> SyncError {
    .status(StatusFailure(place: "p", status: status, retryAfter: retryAfter, detail: ""))
  }

  private func download(_ fault: HTTPFault) -> SyncError {
    .download(.http(HTTPFailure(place: "p", fault: fault)))
  }

  private static let digest = Digest(of: [])

  @Test func `a Retry-After is obeyed with any status`() {
    for code in [400, 403, 413, 429, 503] {
      #expect(status(code, retryAfter: 60).verdict == .wait, "\(code)")
      #expect(status(code, retryAfter: 0).endsRound, "\(code)")
    }
    #expect(status(410, retryAfter: 60).verdict == .stop)
    #expect(status(500, retryAfter: 60).retryAfter == 60)
    #expect(status(403).verdict == .final && !status(403).endsRound)
    #expect(SyncError.download(.status(place: "p", 404, retryAfter: 9)).verdict == .wait)
  }

  @Test func `what ends a question ends a download too`() {
    for fault: HTTPFault in [.cancelled, .budgetSpent, .connect(code: 1), .resolve(code: 1)] {
      #expect(download(fault).endsRound && download(fault).isResumable, "\(fault)")
      #expect(SyncError.http(HTTPFailure(place: "p", fault: fault)).endsRound, "\(fault)")
    }
    for fault: HTTPFault in [.cut(.body), .timeout(.body, milliseconds: 1)] {
      #expect(!download(fault).endsRound && download(fault).isResumable, "\(fault)")
    }
  }

  @Test func `what is no bundle is not kept, and one that cost the whole is not fetched again`() {
    let wrong = SyncError.download(
      .digest(place: "p", found: Self.digest, expected: Self.digest))
    let missing = SyncError.mlflow(place: "p", .files(.missing(name: "golden.bin")))
    let removed = SyncError.download(.status(place: "p", 410, retryAfter: nil))
    for error in [wrong, missing, removed] {
      #expect(error.isOfTheBundle && !error.isResumable)
    }
    #expect(wrong.hasCostTheWhole && !missing.hasCostTheWhole && !removed.hasCostTheWhole)
    for error in [
      SyncError.answer(place: "p", missing: "JSON"), .postponed([]), status(404),
      .download(.status(place: "p", 404, retryAfter: nil)), .download(.page(place: "p")),
    ] {
      #expect(!error.isOfTheBundle && error.isResumable)
    }
    let full = SyncError.download(.file(path: "p", .system(code: 28)))
    #expect(!full.isOfTheBundle && !full.isResumable)
  }
}
