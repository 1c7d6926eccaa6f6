import System
import Text
import Trust

/// Judges each answer before it changes the part, and appends the answer's bytes.
final class DownloadReceiver: ResponseReceiver {
  let part: PartFile
  private(set) var state: PartState?
  /// The error for which the receiver ended the exchange. It stays nil when the receiver ended the
  /// exchange because the part is contradicted or full.
  private(set) var error: DownloadError?
  /// The last answer says that the part is not the beginning of the server's file.
  private(set) var isContradicted = false
  /// The client may drop a contradicted part: the answer before had the same status, length and
  /// tag, or the whole file's length was never known.
  private(set) var mustRestart = false
  /// The part has all the bytes that the caller wants, although the server has more to send.
  private(set) var isFull = false
  /// The exchange goes on where the part ended. An answer with 200 makes this false, because it
  /// begins with the first byte of the file.
  private(set) var hasResumed = false
  /// Bytes of bodies that came, in all exchanges of this receiver.
  private(set) var bytesFetched: Int64 = 0
  /// Status, length and tag of the last answer that the receiver compared or that contradicted.
  private var claim: String?
  /// An answer with 200 sends the file from its first byte. So many of its bytes are equal to those
  /// of the part so far; nil while the receiver compares nothing.
  private var comparedBytes: Int64?
  /// The state that belongs to the compared answer. It becomes `state` when the comparison ends.
  private var comparedState: PartState?
  /// The length of the whole that the last answer announced.
  private var announced: Int64?
  private let download: Download
  private var hash = DigestStream()
  private var found: Digest?
  private var place: String { download.url.authority }

  init(_ download: Download, part: PartFile, state: PartState?) {
    (self.download, self.part, self.state) = (download, part, state)
  }

  /// Gets ready for the next request. This reads all bytes of the part, for the digest.
  ///
  /// - Returns: the bytes of the part.
  func prepare() throws(DownloadError) -> Int64 {
    try hashAgain()
    hasResumed = part.size > 0
    (isContradicted, isFull, comparedBytes, announced) = (false, false, nil, nil)
    return part.size
  }

  /// Drops all bytes of the part, and what earlier answers said.
  func restart() throws(DownloadError) {
    (isContradicted, mustRestart, hasResumed) = (false, false, false)
    (claim, state, error) = (nil, nil, nil)
    try part.cut(to: 0)
  }

  /// The part has as many bytes as the file should have, and the caller knows the digest that can
  /// prove them.
  var isWhole: Bool {
    guard part.size > 0, download.digest != nil, let total = download.length ?? state?.length else {
      return false
    }
    return part.size == total
  }

  /// The fields that ask for the bytes after those of the part; none for an empty part.
  var rangeFields: [HeaderField] {
    guard part.size > 0 else { return [] }
    var fields = [HeaderField(name: "Range", value: "bytes=\(part.size)-")]
    if let validator = state?.validator {
      fields.append(HeaderField(name: "If-Range", value: validator))
    }
    return fields
  }

  /// The digest of the whole part.
  func finishDigest() -> Digest {
    if let found { return found }
    let digest = hash.finish()
    found = digest
    return digest
  }

  /// The error for a whole file with a wrong digest. Where the server announced another length than
  /// the wanted one, the length is the better reason.
  func fault(_ found: Digest, _ expected: Digest) -> DownloadError {
    if let length = download.length, let announced, announced != length {
      return .length(place: place, found: announced, expected: length)
    }
    return .digest(place: place, found: found, expected: expected)
  }

  @export(interface)
  func begin(_ head: ResponseHead, length: Int64?) throws(HTTPFault) {
    do throws(DownloadError) {
      try judge(head, length: length)
    } catch {
      self.error = error
      throw .receiver
    }
    if isContradicted { throw .receiver }
    if comparedBytes == nil { claim = nil }
  }

  @export(interface)
  func receive(_ bytes: UnsafeRawBufferPointer) throws(HTTPFault) {
    bytesFetched += Int64(bytes.count)
    do throws(DownloadError) {
      let same = try compare(bytes)
      if !isContradicted, same < bytes.count {
        try append(UnsafeRawBufferPointer(rebasing: bytes[same...]))
      }
    } catch {
      self.error = error
      throw .receiver
    }
    if isContradicted || isFull { throw .receiver }
  }

  private func append(_ bytes: UnsafeRawBufferPointer) throws(DownloadError) {
    var bytes = bytes
    if let total = download.length ?? state?.length, part.size + Int64(bytes.count) > total {
      guard download.digest != nil, download.length != nil else {
        throw .length(place: place, found: part.size + Int64(bytes.count), expected: total)
      }
      bytes = UnsafeRawBufferPointer(rebasing: bytes[..<Int(total - part.size)])
      isFull = true
    }
    guard part.size + Int64(bytes.count) <= download.bytesMax else {
      throw .tooLarge(bytes: part.size + Int64(bytes.count), bytesMax: download.bytesMax)
    }
    try part.append(bytes)
    hash.update(bytes)
    // The server announced more bytes than the caller wants. The receiver does not wait for them.
    if part.size == download.length, let announced, announced > part.size { isFull = true }
  }

  /// - Returns: how many of the bytes the part has already.
  private func compare(_ bytes: UnsafeRawBufferPointer) throws(DownloadError) -> Int {
    guard let compared = comparedBytes else { return 0 }
    let same = try part.commonBytes(at: compared, bytes)
    comparedBytes = compared + Int64(same)
    if same < bytes.count { try endComparison(at: compared + Int64(same)) }
    return same
  }

  /// Call this after the last byte of an answer.
  func end() throws(DownloadError) {
    if let compared = comparedBytes { try endComparison(at: compared) }
  }

  private func endComparison(at place: Int64) throws(DownloadError) {
    if place < part.size {
      // The answer is about another file. A cache between the client and the server may be wrong
      // about that, so the receiver cuts the part only when two answers in a row say the same.
      guard mustRestart else { return isContradicted = true }
      try part.cut(to: place)
      try hashAgain()
    }
    // From now on all bytes of the part are bytes of this answer.
    (comparedBytes, claim, mustRestart) = (nil, nil, false)
    try take(comparedState)
  }

  private func judge(_ head: ResponseHead, length: Int64?) throws(DownloadError) {
    switch head.status {
    case 200:
      try download.refuseStranger(head)
      try download.refuseWrongLength(head, length, state)
      announced = length
      hasResumed = false
      // The length of the whole was never known. Such a part is not worth a second answer.
      mustRestart = repeatsClaim(head, length) || state?.length == nil
      (comparedBytes, comparedState) = (0, try state(of: head, length))
    case 206 where part.size > 0:
      try download.refuseStranger(head)
      if let total = download.total(continuing: part.size, state, head) {
        announced = total
        state?.length = download.length ?? total
      } else {
        isContradicted = true
        mustRestart = repeatsClaim(head, length)
      }
    case 416 where part.size > 0:
      isContradicted = true
      mustRestart = repeatsClaim(head, length)
    default:
      throw .status(
        place: place, head.status, retryAfter: RetryAfter.seconds(head, now: Clock.wall()))
    }
  }

  /// Whether the answer before had the same status, length and tag.
  private func repeatsClaim(_ head: ResponseHead, _ length: Int64?) -> Bool {
    let new = "\(head.status) \(length ?? -1) \(head.value("etag") ?? "")"
    defer { claim = new }
    return claim == new
  }

  private func take(_ made: PartState?) throws(DownloadError) {
    try made?.write(download.output)
    state = made
  }

  private func hashAgain() throws(DownloadError) {
    hash = DigestStream()
    found = nil
    try part.hash(into: hash)
  }

  private func state(of head: ResponseHead, _ length: Int64?) throws(DownloadError) -> PartState {
    let endsByClose = length == nil && head.value("transfer-encoding") == nil
    guard !endsByClose || download.length != nil || download.digest != nil else {
      throw .lengthUnknown(place: place)
    }
    return PartState(
      url: download.url.shownText, boot: Clock.bootIdentifier(), length: download.length ?? length,
      validator: head.strongTag)
  }
}
