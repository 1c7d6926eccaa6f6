import System
import Text

/// Downloads a file from a server to a path, whole or not at all.
///
/// The bytes that came stay in `OUTPUT.part`, and the next try goes on from there. The file gets
/// the name OUTPUT when its bytes are on the disk, and its length and its digest are right as far
/// as a source told them.
package struct Download {
  package let url: URL
  package let output: String
  /// The digest and the length in bytes that a trusted source gives for the file; nil where no
  /// source gives them. The length shows a stranger's answer, such as a login page, before the
  /// client changes the part. The digest proves the bytes at the end.
  package var digest: Digest?
  package var length: Int64?
  /// A longer file ends the download with `.tooLarge`.
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
    /// The length of the whole file.
    package var bytes: Int64 = 0
    package var digest: Digest
    /// The place in the file from which this run went on; 0 when it began anew.
    package var resumedFrom: Int64 = 0
    /// The bytes that this run received.
    package var bytesFetched: Int64 = 0
  }

  /// Sends up to 6 requests, and reads the bytes of the part before each of them, for the digest.
  ///
  /// - Throws: why the file is not there. `OUTPUT.part` stays for the next run, except when a whole
  ///   file has a wrong digest.
  @export(interface)
  package func run(_ client: HTTPClient) throws(DownloadError) -> Outcome {
    if let length, length > bytesMax { throw .tooLarge(bytes: length, bytesMax: bytesMax) }
    let part = try PartFile(output: output)
    let state = usableState(part)
    if state == nil { try part.cut(to: 0) }
    let receiver = DownloadReceiver(self, part: part, state: state)
    for _ in 0..<6 {
      if let outcome = try attempt(client, receiver) { return outcome }
      // The part seems to belong to another file. A cache between the client and the server may be
      // wrong about that, so the client drops a contradicted part only when two answers in a row
      // say the same.
      if receiver.mustRestart || !receiver.isContradicted { try receiver.restart() }
    }
    throw .unsteady(place: url.authority)
  }

  /// - Returns: nil when the bytes of the part are wrong, or when the answer says that they are.
  private func attempt(
    _ client: HTTPClient, _ receiver: DownloadReceiver
  ) throws(DownloadError) -> Outcome? {
    let part = receiver.part
    let resumedFrom = try receiver.prepare()
    if receiver.isWhole {
      // An earlier process ended after the last byte, before it renamed the part.
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
      // The connection broke after the last byte.
      if part.size > 0, digest == receiver.finishDigest(), part.size == length ?? part.size {
        return try finish(receiver, resumedFrom)
      }
      // The part stays for the next try, if its bytes are on the disk. The Linux kernel tells of
      // bytes that it could not write only once, and drops them then: the next try would find zeros
      // in their place.
      do throws(DownloadError) {
        try part.synchronize()
      } catch {
        part.discard(output)
        throw error
      }
      throw receiver.error ?? .http(error)
    }
    try receiver.end()
    if receiver.isContradicted { return try finishContradicted(receiver, resumedFrom) }
    return try finish(receiver, resumedFrom)
  }

  /// Judges a part that should be whole, and gives it its name.
  ///
  /// - Returns: nil when the bytes of the part are wrong and another request may bring better ones.
  private func finish(
    _ receiver: DownloadReceiver, _ resumedFrom: Int64
  ) throws(DownloadError) -> Outcome? {
    let part = receiver.part
    let found = receiver.finishDigest()
    // With the right digest, the length that the server announced does not matter.
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

  /// The server says that the part is wrong. If the digest is right, the file is whole already.
  private func finishContradicted(
    _ receiver: DownloadReceiver, _ resumedFrom: Int64
  ) throws(DownloadError) -> Outcome? {
    guard let digest, receiver.part.size == length ?? receiver.part.size else { return nil }
    let found = receiver.finishDigest()
    guard found == digest else { return nil }
    try receiver.part.install(as: output)
    return Outcome(bytes: receiver.part.size, digest: found, resumedFrom: resumedFrom)
  }

  /// The state of the part, if its bytes can be the beginning of the wanted file.
  private func usableState(_ part: PartFile) -> PartState? {
    // A longer part is no beginning of the file, and its digest could take for ever.
    guard part.size > 0, part.size <= bytesMax, let state = PartState.read(output),
      state.url == url.shownText
    else { return nil }
    // The bytes may come from another boot, or from a version that the server cannot name. Then
    // only a digest can prove them.
    let boot = Clock.bootIdentifier()
    guard digest != nil || (!boot.isEmpty && state.boot == boot && state.validator != nil) else {
      return nil
    }
    if let total = length ?? state.length, part.size > total { return nil }
    return state
  }
}

/// Why a download failed.
package enum DownloadError: Error, Equatable {
  case http(HTTPFailure)
  /// `retryAfter`: the seconds that the server asked the client to wait.
  case status(place: String, Int, retryAfter: Int64?)
  /// The answer is a web page. The network wants a login, or the address is wrong.
  case page(place: String)
  /// The file came compressed, although the request asked for the plain bytes.
  case encoded(place: String)
  /// `found` and `expected`: bytes.
  case length(place: String, found: Int64, expected: Int64)
  /// Neither the server nor the caller says how long the file is, so a cut file would look whole.
  case lengthUnknown(place: String)
  case tooLarge(bytes: Int64, bytesMax: Int64)
  case digest(place: String, found: Digest, expected: Digest)
  /// In none of the tries did the answer fit the bytes of the part. So the file on the server seems
  /// to change all the time.
  case unsteady(place: String)
  case file(path: String, Files.Failure)
  /// Another process downloads to the same place, or has just finished.
  case busy(path: String)

  /// Another try may succeed without a change by a person.
  package var isPassing: Bool {
    switch self {
    case .http(let failure): failure.fault.isPassing
    case .status(_, let status, _): ResponseVerdict(status: status).isPassing
    case .page, .encoded, .length, .digest, .unsteady, .busy: true
    case .lengthUnknown, .tooLarge, .file: false
    }
  }
}
