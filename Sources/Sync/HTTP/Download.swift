import System
import Text

/// A file from a server to a place, whole or not at all.
///
/// What was received stays in `OUTPUT.part` until the next try goes on from there. Nothing gets the
/// name OUTPUT before its length and its digest are right and its bytes are on the disk.
package struct Download {
  package let url: URL
  package let output: String
  /// What the file has to be, as a trusted source says. With both, no answer of a stranger can make
  /// the client give up what it has.
  package var digest: Digest?
  package var length: Int64?
  package var bytesMax: Int64

  package init(
    url: URL, output: String, digest: Digest? = nil, length: Int64? = nil,
    bytesMax: Int64 = HTTPLimits.downloadBytesMax
  ) {
    self.url = url
    self.output = output
    self.digest = digest
    self.length = length
    self.bytesMax = bytesMax
  }

  package struct Outcome: Equatable {
    /// Of the whole file.
    package var bytes: Int64 = 0
    package var digest: Digest
    /// Where this run went on.
    package var resumedFrom: Int64 = 0
    /// Received in this run.
    package var bytesFetched: Int64 = 0
  }

  @export(interface)
  package func run(_ client: HTTPClient) throws(DownloadError) -> Outcome {
    if let length, length > bytesMax { throw .tooLarge(bytes: length, bytesMax: bytesMax) }
    let part = try PartFile(output: output)
    let state = usableState(part)
    if state == nil { try part.cut(to: 0) }
    let receiver = DownloadReceiver(self, part: part, state: state)
    for _ in 0..<6 {
      if let outcome = try attempt(client, receiver) { return outcome }
      // What is there is of another file, it seems. A cache on the way may be wrong about that, so
      // it is given up only when two answers in a row say the same.
      if receiver.mustRestart || !receiver.isContradicted { try receiver.restart() }
    }
    throw .unsteady(place: url.authority)
  }

  /// - Returns: nil when the part turned out to be useless.
  private func attempt(
    _ client: HTTPClient, _ receiver: DownloadReceiver
  ) throws(DownloadError) -> Outcome? {
    let part = receiver.part
    let resumedFrom = try receiver.prepare()
    if receiver.isWhole {
      // A process was stopped between the last byte and the name.
      if let outcome = try finish(receiver, resumedFrom) { return outcome }
      return nil
    }
    var request = HTTPRequest(.get, url, bodyBytesMax: bytesMax)
    request.fields = receiver.rangeFields
    request.totalMilliseconds = 0
    do throws(HTTPFailure) {
      _ = try client.send(request, to: receiver)
    } catch {
      if receiver.isContradicted { return try finishContradicted(receiver, resumedFrom) }
      if receiver.isFull { return try finish(receiver, resumedFrom) }
      // Cut behind the last byte.
      if part.size > 0, digest == receiver.finishDigest(), part.size == length ?? part.size {
        return try finish(receiver, resumedFrom)
      }
      // Kept for the next try. A failing disk is the receiver's own error.
      try? part.synchronize()
      throw receiver.error ?? .http(error)
    }
    try receiver.end()
    if receiver.isContradicted { return try finishContradicted(receiver, resumedFrom) }
    return try finish(receiver, resumedFrom)
  }

  private func finish(
    _ receiver: DownloadReceiver, _ resumedFrom: Int64
  ) throws(DownloadError) -> Outcome? {
    let part = receiver.part
    let found = receiver.finishDigest()
    // With the right digest, what the server announced need not have been true.
    if digest == nil || found != digest || part.size != length ?? part.size {
      if let total = length ?? receiver.state?.length, part.size != total {
        guard part.size > total else {
          throw .http(HTTPFailure(place: url.authority, fault: .cut(.body)))
        }
        return nil
      }
    }
    if let digest, found != digest {
      if resumedFrom > 0 && receiver.hasResumed { return nil }
      part.discard(output)
      throw receiver.fault(found, digest)
    }
    try part.install(as: output)
    return Outcome(
      bytes: part.size, digest: found, resumedFrom: receiver.hasResumed ? resumedFrom : 0,
      bytesFetched: receiver.bytesFetched)
  }

  /// The server has nothing to add: perhaps because nothing is missing.
  private func finishContradicted(
    _ receiver: DownloadReceiver, _ resumedFrom: Int64
  ) throws(DownloadError) -> Outcome? {
    guard let digest, receiver.part.size == length ?? receiver.part.size else { return nil }
    let found = receiver.finishDigest()
    guard found == digest else { return nil }
    try receiver.part.install(as: output)
    return Outcome(bytes: receiver.part.size, digest: found, resumedFrom: resumedFrom)
  }

  /// The state of the part, if its bytes can be the beginning of what is asked for now.
  private func usableState(_ part: PartFile) -> PartState? {
    guard part.size > 0, let state = PartState.read(output), state.url == url.text else {
      return nil
    }
    // Only a digest proves bytes of another boot, and bytes whose version the server cannot name.
    let boot = Clock.bootIdentifier()
    guard digest != nil || (!boot.isEmpty && state.boot == boot && state.validator != nil) else {
      return nil
    }
    if let total = length ?? state.length, part.size > total { return nil }
    return state
  }
}

/// Why a download did not come to its end.
package enum DownloadError: Error, Equatable {
  case http(HTTPFailure)
  /// - retryAfter: seconds, where the server said so.
  case status(place: String, Int, retryAfter: Int64?)
  /// A page where a file was asked for: a network that wants a login, or a wrong address.
  case page(place: String)
  /// Compressed, though we said not to.
  case encoded(place: String)
  case length(place: String, found: Int64, expected: Int64)
  /// Neither the server nor the caller says how long the file is: a cut would look whole.
  case lengthUnknown(place: String)
  case tooLarge(bytes: Int64, bytesMax: Int64)
  case digest(place: String, found: Digest, expected: Digest)
  /// The file changed again and again.
  case unsteady(place: String)
  case file(path: String, code: Int32)
  case busy(path: String)

  /// Another try may do better although no person changes anything.
  package var isPassing: Bool {
    switch self {
    case .http(let failure): failure.fault.isPassing
    case .status(_, let status, _): ResponseVerdict(status: status).isPassing
    case .page, .encoded, .length, .digest, .unsteady, .busy: true
    case .lengthUnknown, .tooLarge, .file: false
    }
  }
}
