import Text

/// Which answers can be about the file that is wanted; judged by their heads alone.
extension Download {
  /// A login page, or something compressed on the way.
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

  /// Where the digest decides, a server that knows versions may announce too much: its bytes are
  /// as good as any, and no more of them are taken than are wanted. Too little is what login pages
  /// announce.
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

  /// `Content-Range: bytes 100-199/200`, from where the part ends, of a whole as long as before,
  /// of the same version.
  ///
  /// - Returns: the bytes of the whole as announced; nil when the answer does not continue the
  ///   part.
  @export(interface)
  func total(continuing size: Int64, _ state: PartState?, _ head: ResponseHead) -> Int64? {
    guard let range = head.value("content-range").flatMap({ ContentRange($0) }),
      range.first == size, range.total <= bytesMax
    else { return nil }
    let (tag, validator) = (head.value("etag"), state?.validator)
    if let validator, let tag, tag != validator { return nil }
    // A length may be wrong, the server's or the caller's; then only version and digest tell.
    if digest != nil, validator != nil, tag == validator { return range.total }
    guard range.total == length ?? range.total else { return nil }
    return digest != nil || range.total == state?.length ?? range.total ? range.total : nil
  }
}
