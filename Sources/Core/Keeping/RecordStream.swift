import System

/// Reads the sound records of a file piece by piece, for files that need not be whole: it passes
/// over what is damaged.
enum RecordStream {
  /// A file that is not there has no records.
  ///
  /// - Parameter take: gets each record; false ends the reading.
  static func read(_ path: String, _ take: (UInt64, ArraySlice<UInt8>) -> Bool) {
    var rest: [UInt8] = []
    var goesOn = true
    try? Files.readPieces(of: path, bytesMax: 2 * AlertKeepingLimits.historySegmentBytes) {
      (piece) throws(Files.Failure) in
      guard goesOn else { return }
      rest += piece
      goesOn = pass(over: &rest, isLast: false, take)
    }
    if goesOn { _ = pass(over: &rest, isLast: true, take) }
  }

  /// Takes away what it has passed; a record that may go on in the next piece stays.
  ///
  /// - Returns: false where `take` wants no more.
  private static func pass(
    over bytes: inout [UInt8], isLast: Bool, _ take: (UInt64, ArraySlice<UInt8>) -> Bool
  ) -> Bool {
    let longest = RecordFrame.headerBytes + AlertKeepingLimits.recordBytesMax
    var place = 0
    defer { bytes.removeFirst(place) }
    while place < bytes.count {
      if let frame = RecordFrame(bytes[...], at: place) {
        guard take(frame.sequence, bytes[frame.payload]) else { return false }
        place = frame.end
      } else if !isLast, bytes.count - place < longest {
        return true
      } else {
        place += 1
      }
    }
    return true
  }
}
