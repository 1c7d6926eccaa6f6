/// What an adopting child writes to its pipe:
///
///     tag                                       one byte
///     for .refused and .postponed: lines        one byte, 1…255
///       for each: bytes                         two bytes, little-endian
///                 the line
///
/// A child that ran a stranger's model may write any bytes. Bytes of another form are no answer.
package enum AdoptionAnswer {
  /// So many bytes fit a pipe, so the child never waits for its parent.
  package static let bytesMax = 16 << 10

  private static let refused: UInt8 = 0x10
  private static let postponed: UInt8 = 0x11

  /// The answer for a verdict of a child. Lines that do not fit are cut.
  @export(interface)
  package static func bytes(_ verdict: AdoptionVerdict) -> [UInt8] {
    switch verdict {
    case .adopted(let outcome): [tag(outcome)]
    case .refused(.found(let lines)): bytes(refused, lines)
    case .postponed(.found(let lines)): bytes(postponed, lines)
    // Only the parent makes these verdicts.
    case .refused, .postponed, .cancelled: []
    }
  }

  /// - Returns: nil when the bytes are no answer.
  @export(interface)
  package static func verdict(_ bytes: [UInt8]) -> AdoptionVerdict? {
    guard let first = bytes.first, bytes.count <= bytesMax else { return nil }
    if first == refused { return lines(bytes[1...]).map { .refused(.found($0)) } }
    if first == postponed { return lines(bytes[1...]).map { .postponed(.found($0)) } }
    guard bytes.count == 1 else { return nil }
    return Installer.Outcome.allCases.first { tag($0) == first }.map { .adopted($0) }
  }

  private static func tag(_ outcome: Installer.Outcome) -> UInt8 {
    switch outcome {
    case .current: 1
    case .activated: 2
    case .installed: 3
    case .proposed: 4
    }
  }

  private static func bytes(_ tag: UInt8, _ lines: [String]) -> [UInt8] {
    var (body, count): ([UInt8], UInt8) = ([], 0)
    for line in lines where count < .max {
      let room = bytesMax - 2 - body.count - 2
      guard room > 0 else { break }
      let line = line.utf8.prefix(room)
      body += [UInt8(truncatingIfNeeded: line.count), UInt8(truncatingIfNeeded: line.count >> 8)]
      body += line
      count += 1
    }
    return [tag, count] + body
  }

  private static func lines(_ bytes: ArraySlice<UInt8>) -> [String]? {
    guard let count = bytes.first, count > 0 else { return nil }
    var (rest, lines) = (bytes.dropFirst(), [String]())
    for _ in 0..<count {
      guard rest.count >= 2 else { return nil }
      let start = rest.startIndex
      let length = Int(rest[start]) | Int(rest[start + 1]) << 8
      rest = rest.dropFirst(2)
      guard rest.count >= length else { return nil }
      lines.append(String(decoding: rest.prefix(length), as: UTF8.self))
      rest = rest.dropFirst(length)
    }
    return rest.isEmpty ? lines : nil
  }
}
