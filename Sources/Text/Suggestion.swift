/// Finds the word for "did you mean …?".
package enum Suggestion {
  /// The word that the user most probably meant by `text`: the nearest one with at most one slip in
  /// three letters, or else the first one that begins with `text`, if `text` has three letters.
  package static func nearest(to text: String, among words: [String]) -> String? {
    // The agent's words, with slips, are shorter than 64 bytes. The limit bounds the work.
    guard (1...64).contains(text.utf8.count) else { return nil }
    var best: (word: String, slips: Int)?
    for word in words {
      let slips = slips(Array(text.utf8), Array(word.utf8))
      guard slips <= max(1, word.utf8.count / 3), slips < best?.slips ?? .max else { continue }
      best = (word, slips)
    }
    guard best == nil, text.utf8.count >= 3 else { return best?.word }
    return words.first { $0.utf8.starts(with: text.utf8) }
  }

  /// The least count of bytes to insert, delete, replace or swap with their neighbour: the optimal
  /// string alignment distance.
  ///
  /// - Complexity: the product of the lengths.
  static func slips(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var (older, last) = ([Int](), Array(0...b.count))
    for i in 1..<a.count + 1 {
      var row = [i]
      for j in 1..<b.count + 1 {
        let replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
        var slips = min(replaced, last[j] + 1, row[j - 1] + 1)
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          slips = min(slips, older[j - 2] + 1)
        }
        row.append(slips)
      }
      (older, last) = (last, row)
    }
    return last[b.count]
  }
}
