/// The end of the outbox at which records leave it. `FileDrain` has the file, `DoorDrain` asks the
/// core that has it.
///
/// A drain is of one file. When the core begins a new one, each call throws `.replaced`: a record
/// of the new file may have the number of a record of the old one. Sync makes a new drain for each
/// round.
///
/// One thread at a time may use it.
package protocol OutboxDrain: AnyObject {
  /// Of the file.
  var path: String { get }
  /// 16 hexadecimal digits. A record's name is `<epoch>-<sequence>`.
  var epoch: String { get }

  // MARK: what waits

  func count() throws(OutboxError) -> Int64
  func hasRecords() throws(OutboxError) -> Bool
  /// Whether an alert waits. Sync brings its next round forward for an alert.
  func hasAlert() throws(OutboxError) -> Bool

  /// Returns the next records: the weightiest kind first, and of each kind the oldest first. They
  /// are at most `max` records and `OutboxLimits.batchBytesMax` bytes of bodies, but at least one
  /// record if there is any. Their times are right as far as the clock tells, in the outbox too.
  /// They survive a power cut, so that a server gets no name that the outbox gives again.
  ///
  /// - Parameter passingOver: the sequences of records that this leaves out,
  ///   `OutboxLimits.passedOverMax` at most. Those behind them come in their place.
  func next(max: Int, passingOver: Set<Int64>) throws(OutboxError) -> [StoredRecord]

  /// The bytes of the first recording behind a sequence; nil where there is none.
  func recordingBytes(after sequence: Int64) throws(OutboxError) -> Int?
  /// That recording.
  func recording(after sequence: Int64) throws(OutboxError) -> StoredRecording?

  // MARK: what became of it

  /// The server has these records. They are deleted, or marked as sent where the outbox keeps what
  /// was sent. It is no fault if the core has dropped some of them meanwhile.
  func acknowledge(_ records: ArraySlice<StoredRecord>) throws(OutboxError)

  /// Sets a record aside that a server refused for good. The outbox keeps it for a person to look
  /// at, and sync does not send it again. Beyond `OutboxLimits.setAsideMax` records, this drops the
  /// oldest one and counts it.
  ///
  /// - Parameter reason: the server's words, cut to `OutboxLimits.reasonBytesMax`.
  func setAside(_ record: StoredRecord, reason: String) throws(OutboxError)

  /// Puts records that were set aside back among those that wait, under their names.
  ///
  /// - Returns: how many; 0 when none is set aside any more.
  func retrySetAside() throws(OutboxError) -> Int64

  /// Deletes records that wait, from the oldest one through `sequence`: they are safe elsewhere.
  ///
  /// - Returns: how many; 0 when none is left.
  func delete(through sequence: Int64) throws(OutboxError) -> Int64
}
