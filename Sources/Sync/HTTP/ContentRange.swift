import Text

/// Which bytes of the whole file an answer holds: `bytes 100-199/200`. `first` and `last` count
/// from 0, and `total` is the length of the whole file.
struct ContentRange: Equatable {
  let first: Int64
  let last: Int64
  let total: Int64

  init?(_ text: String) {
    let bytes = text.utf8
    guard bytes.starts(with: "bytes ".utf8), let dash = bytes.firstIndex(of: UInt8(ascii: "-")),
      let slash = bytes.firstIndex(of: UInt8(ascii: "/")), dash < slash,
      let first = Digits.number(String(text[text.index(text.startIndex, offsetBy: 6)..<dash])),
      let last = Digits.number(String(text[text.index(after: dash)..<slash])),
      let total = Digits.number(String(text[text.index(after: slash)...])),
      first <= last, last < total
    else { return nil }
    (self.first, self.last, self.total) = (first, last, total)
  }
}

extension ResponseHead {
  /// The ETag, in its quotes; nil for a weak one. A strong tag changes when one byte of the file
  /// changes. A weak tag (`W/"…"`) does not promise that.
  var strongTag: String? {
    guard let tag = value("etag"), tag.utf8.count >= 2, tag.utf8.first == UInt8(ascii: "\""),
      tag.utf8.last == UInt8(ascii: "\"")
    else { return nil }
    return tag
  }
}
