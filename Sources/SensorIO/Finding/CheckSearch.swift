/// Finds the checksum of frames by trying all kinds.
///
/// It is believed where it is right in nine of ten frames that differ. In frames that do not
/// differ, any constant would look like one.
struct CheckSearch {
  /// The longer ones first: of a sum of 16 bits the low byte is a right sum of 8 bits, too.
  private static let kinds: [Checksum] = [4, 2, 1].flatMap { bytes in
    Checksum.allCases.filter { $0.byteCount == bytes }
  }

  private let frames: [[UInt8]]

  /// Nil where too few frames differ.
  init?(_ frames: [[UInt8]]) {
    var distinct: [[UInt8]] = []
    for frame in frames where !distinct.contains(frame) {
      distinct.append(frame)
      if distinct.count == FindingLimits.checkedFramesMax { break }
    }
    guard distinct.count >= 2 else { return nil }
    self.frames = distinct
  }

  /// - Parameters:
  ///   - trailing: the bytes behind the check.
  ///   - froms: the first bytes that it may cover, likely ones first.
  func find(trailing: Int, froms: [Int]) -> PacketCheck? {
    for kind in Self.kinds {
      // A wrong check of 8 bits is right once in 256 frames, and there are some thousand guesses.
      guard frames.count >= (kind.byteCount == 1 ? 4 : 2) else { continue }
      let engine = ChecksumEngine(kind)
      for isBigEndian in kind.byteCount == 1 ? [false] : [false, true] {
        for from in froms where isRight(engine, isBigEndian, from, trailing) {
          return PacketCheck(kind, isBigEndian: isBigEndian, from: from, trailing: trailing)
        }
      }
    }
    return nil
  }

  private func isRight(
    _ engine: ChecksumEngine, _ isBigEndian: Bool, _ from: Int, _ trailing: Int
  ) -> Bool {
    var wrong = 0
    var first: UInt32?
    var differ = false
    let wrongMax = frames.count / 10
    for frame in frames {
      let place = frame.count - trailing - engine.kind.byteCount
      guard place > from else { return false }
      let isSound = frame.withUnsafeBytes { bytes in
        let received = engine.kind.stored(in: bytes, at: place, isBigEndian: isBigEndian)
        differ = differ || first.map { $0 != received } ?? false
        first = first ?? received
        return engine.value(of: UnsafeRawBufferPointer(rebasing: bytes[from..<place])) == received
      }
      if !isSound { wrong += 1 }
      if wrong > wrongMax { return false }
    }
    return differ
  }
}
