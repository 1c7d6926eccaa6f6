/// Judges each answer before it touches what is already there, and appends its bytes.
final class DownloadReceiver: ResponseReceiver {
  let part: PartFile
  private(set) var state: PartState?
  /// Why this ended the exchange, when it did.
  private(set) var error: DownloadError?
  /// The last answer says that the part is no beginning of what the server has now.
  private(set) var isContradicted = false
  /// And so did the one before, in the same words.
  private(set) var mustRestart = false
  private var claim: String?
  /// The server went on where the part ended.
  private(set) var hasResumed = false
  private(set) var bytesFetched: Int64 = 0
  private let download: Download
  private var hash = DigestStream()
  private var place: String { download.url.authority }

  init(_ download: Download, part: PartFile, state: PartState?) {
    (self.download, self.part, self.state) = (download, part, state)
  }

  /// Before each request.
  ///
  /// - Returns: bytes that are there already.
  func prepare() throws(DownloadError) -> Int64 {
    hash = DigestStream()
    try part.hash(into: &hash)
    hasResumed = part.size > 0
    isContradicted = false
    return part.size
  }

  func restart() throws(DownloadError) {
    (isContradicted, mustRestart, hasResumed) = (false, false, false)
    (claim, state, error) = (nil, nil, nil)
    try part.clear()
  }

  /// All bytes are there; only the name is missing.
  var isWhole: Bool {
    guard part.size > 0, download.digest != nil, let total = download.length ?? state?.length else {
      return false
    }
    return part.size == total
  }

  var rangeFields: [HeaderField] {
    guard part.size > 0 else { return [] }
    var fields = [HeaderField(name: "Range", value: "bytes=\(part.size)-")]
    if let validator = state?.validator {
      fields.append(HeaderField(name: "If-Range", value: validator))
    }
    return fields
  }

  func finishDigest() -> Digest { hash.finish() }

  func begin(_ head: ResponseHead, length: Int64?) throws(HTTPFault) {
    do throws(DownloadError) {
      try judge(head, length: length)
    } catch {
      self.error = error
      throw .receiver
    }
    if isContradicted { throw .receiver }
    claim = nil
  }

  func receive(_ bytes: UnsafeRawBufferPointer) throws(HTTPFault) {
    do throws(DownloadError) {
      if let total = download.length ?? state?.length, part.size + Int64(bytes.count) > total {
        throw .length(place: place, found: part.size + Int64(bytes.count), expected: total)
      }
      try part.append(bytes)
    } catch {
      self.error = error
      throw .receiver
    }
    hash.update(bytes)
    bytesFetched += Int64(bytes.count)
  }

  private func judge(_ head: ResponseHead, length: Int64?) throws(DownloadError) {
    switch head.status {
    case 200:
      try refuseStrangers(head)
      try refuseWrongLength(length)
      // Of a part that never had an announced length nothing is known to be worth keeping.
      if part.size > 0, state?.length != nil, !repeatsClaim(head, length) {
        isContradicted = true
      } else {
        try beginAnew(head, length: length)
      }
    case 206 where part.size > 0:
      try refuseStrangers(head)
      isContradicted = !continuesPart(head)
      if isContradicted { mustRestart = repeatsClaim(head, length) }
    case 416 where part.size > 0:
      isContradicted = true
      mustRestart = repeatsClaim(head, length)
    default:
      throw .status(
        place: place, head.status, retryAfter: RetryAfter.seconds(head, now: Clock.wall()))
    }
  }

  /// Whether the answer before contradicted the part in the same way.
  private func repeatsClaim(_ head: ResponseHead, _ length: Int64?) -> Bool {
    let new = "\(head.status) \(length ?? -1) \(head.value("etag") ?? "")"
    defer { claim = new }
    return claim == new
  }

  /// A login page, or something compressed on the way.
  private func refuseStrangers(_ head: ResponseHead) throws(DownloadError) {
    let type = head.value("content-type").map { ASCII.lowered($0) } ?? ""
    let path = download.url.target.utf8.prefix { $0 != UInt8(ascii: "?") }
    let wantsPage = String(decoding: path, as: UTF8.self).hasSuffix(".html")
    if type.hasPrefix("text/html") || type.hasPrefix("application/xhtml"), !wantsPage {
      throw .page(place: place)
    }
    if let coding = head.value("content-encoding"), ASCII.lowered(coding) != "identity" {
      throw .encoded(place: place)
    }
  }

  private func refuseWrongLength(_ length: Int64?) throws(DownloadError) {
    if let expected = download.length, let length, length != expected {
      throw .length(place: place, found: length, expected: expected)
    }
    if let length, length > download.bytesMax {
      throw .tooLarge(bytes: length, bytesMax: download.bytesMax)
    }
  }

  private func beginAnew(_ head: ResponseHead, length: Int64?) throws(DownloadError) {
    let endsByClose = length == nil && head.value("transfer-encoding") == nil
    guard !endsByClose || download.length != nil || download.digest != nil else {
      throw .lengthUnknown(place: place)
    }
    try part.clear()
    hash = DigestStream()
    hasResumed = false
    let made = PartState(
      url: download.url.text, boot: Clock.bootIdentifier(), length: length,
      validator: Self.strongTag(head))
    try made.write(download.output)
    state = made
  }

  /// `Content-Range: bytes 100-199/200`, from where the part ends, of a whole as long as before,
  /// of the same version.
  private func continuesPart(_ head: ResponseHead) -> Bool {
    guard let range = head.value("content-range").flatMap({ ContentRange($0) }),
      range.first == part.size, range.total <= download.bytesMax,
      range.total == download.length ?? range.total
    else { return false }
    // The length said before may have been wrong; then only a digest tells.
    guard download.digest != nil || range.total == state?.length ?? range.total else {
      return false
    }
    if let validator = state?.validator, let tag = head.value("etag"), tag != validator {
      return false
    }
    state?.length = range.total
    return true
  }

  /// Weak tags (`W/"…"`) say nothing about single bytes.
  private static func strongTag(_ head: ResponseHead) -> String? {
    guard let tag = head.value("etag"), tag.utf8.count >= 2, tag.utf8.first == UInt8(ascii: "\""),
      tag.utf8.last == UInt8(ascii: "\"")
    else { return nil }
    return tag
  }
}

/// Which part of a whole an answer is.
struct ContentRange: Equatable {
  let first: Int64
  let last: Int64
  let total: Int64

  init?(_ text: String) {
    let bytes = text.utf8
    guard bytes.starts(with: "bytes ".utf8), let dash = bytes.firstIndex(of: UInt8(ascii: "-")),
      let slash = bytes.firstIndex(of: UInt8(ascii: "/")), dash < slash,
      let first = HeaderText.number(String(text[text.index(text.startIndex, offsetBy: 6)..<dash])),
      let last = HeaderText.number(String(text[text.index(after: dash)..<slash])),
      let total = HeaderText.number(String(text[text.index(after: slash)...])),
      first <= last, last < total
    else { return nil }
    (self.first, self.last, self.total) = (first, last, total)
  }
}
