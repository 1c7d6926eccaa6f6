import System

/// Reads the sound records of a file piece by piece, for files that need not be whole: it passes
/// over what is damaged.
enum RecordStream {
  /// A file that is not there has no records.
  static func read(_ path: String, _ take: (UInt64, ArraySlice<UInt8>) -> Void) {
    var rest: [UInt8] = []
    try? Files.readPieces(of: path, bytesMax: 2 * AlertKeepingLimits.historySegmentBytes) {
      (piece) throws(Files.Failure) in
      rest += piece
      let used = pass(over: rest, isLast: false, take)
      rest.removeFirst(used)
    }
    _ = pass(over: rest, isLast: true, take)
  }

  /// - Returns: the bytes before the first record that may go on in the next piece.
  private static func pass(
    over bytes: [UInt8], isLast: Bool, _ take: (UInt64, ArraySlice<UInt8>) -> Void
  ) -> Int {
    let longest = RecordFrame.headerBytes + AlertKeepingLimits.recordBytesMax
    var place = 0
    while place < bytes.count {
      if let frame = RecordFrame(bytes[...], at: place) {
        take(frame.sequence, bytes[frame.payload])
        place = frame.end
      } else if !isLast, bytes.count - place < longest {
        return place
      } else {
        place += 1
      }
    }
    return place
  }
}
