import Text

/// Judges whether an answer can be about the wanted file. The head of the answer alone decides.
extension Download {
  /// Refuses a web page where the address names none, such as a login page, and a file that comes
  /// compressed.
  @export(interface)
  func refuseStranger(_ head: ResponseHead) throws(DownloadError) {
    let type = head.value("content-type").map { ASCII.lowered($0) } ?? ""
    let path = url.target.utf8.prefix { $0 != UInt8(ascii: "?") }
    let wantsPage = String(decoding: path, as: UTF8.self).hasSuffix(".html")
    if type.hasPrefix("text/html") || type.hasPrefix("application/xhtml"), !wantsPage {
      throw .page(place: url.authority)
    }
    if let coding = head.value("content-encoding"), ASCII.lowered(coding) != "identity" {
      throw .encoded(place: url.authority)
    }
  }

  /// Refuses an answer whose length is too large, or is not the wanted one.
  ///
  /// There is one exception. If the caller knows the digest and the server names the version of the
  /// part, the server may announce too many bytes. Then the receiver takes only as many as the
  /// caller wants, and the digest judges them. Login pages announce too few.
  @export(interface)
  func refuseWrongLength(
    _ head: ResponseHead, _ announced: Int64?, _ state: PartState?
  ) throws(DownloadError) {
    guard let announced else { return }
    guard announced <= bytesMax else { throw .tooLarge(bytes: announced, bytesMax: bytesMax) }
    guard let length, announced != length else { return }
    if digest != nil, announced > length, let tag = head.strongTag,
      (state?.validator ?? tag) == tag
    {
      return
    }
    throw .length(place: url.authority, found: announced, expected: length)
  }

  /// Reads `Content-Range: bytes 100-199/200`. An answer continues the part if it begins where the
  /// part ends, names no other version, and announces the same length of the whole.
  ///
  /// - Returns: the announced length of the whole; nil when the answer does not continue the part.
  @export(interface)
  func total(continuing size: Int64, _ state: PartState?, _ head: ResponseHead) -> Int64? {
    guard let range = head.value("content-range").flatMap({ ContentRange($0) }),
      range.first == size, range.total <= bytesMax
    else { return nil }
    let (tag, validator) = (head.value("etag"), state?.validator)
    if let validator, let tag, tag != validator { return nil }
    // The length from the server or from the caller may be wrong. The same version and a digest are
    // better evidence.
    if digest != nil, validator != nil, tag == validator { return range.total }
    guard range.total == length ?? range.total else { return nil }
    return digest != nil || range.total == state?.length ?? range.total ? range.total : nil
  }
}
