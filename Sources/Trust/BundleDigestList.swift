import Config
import Text

extension BundleDigests {
  /// Reads a list that `sha256sum` made of the files in one folder, on another machine. In the
  /// order of its names, the list is what `bundle.sig` signs.
  ///
  /// - Returns: nil when the text is no such list, has a name that no file of a bundle may have, or
  ///   has more files than a bundle may have.
  @export(interface)
  package init?(text: String) {
    var entries: [Entry] = []
    for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
      let words = line.split(separator: 0x20, omittingEmptySubsequences: false).map {
        String(decoding: Array($0), as: UTF8.self)
      }
      guard words.count == 3, words[1].isEmpty, let digest = Digest(text: words[0]),
        ConfigurationText.isDottedName(words[2]), entries.count < Self.filesMax,
        !entries.contains(where: { $0.name.utf8.elementsEqual(words[2].utf8) })
      else { return nil }
      entries.append(Entry(name: words[2], digest: digest))
    }
    guard !entries.isEmpty else { return nil }
    self.entries = entries
  }

  /// - Returns: nil when the list does not have the name.
  package func digest(of name: String) -> Digest? {
    entries.first { $0.name.utf8.elementsEqual(name.utf8) }?.digest
  }
}
