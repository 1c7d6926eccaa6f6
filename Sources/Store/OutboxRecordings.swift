/// The raw frames of one sensor around an alert, before they have their place in the outbox.
package struct NewRecording: Equatable, Sendable {
  /// The episode of the alert. The bytes have the alert's name.
  package var episode: Int64
  /// The time when the alert was raised, as CLOCK_BOOTTIME in nanoseconds.
  package var at: Int64
  /// Nanoseconds since 1970; nil while the board does not know the time.
  package var time: Int64?
  package var sensor: String
  /// A raw recording: docs/recording.md.
  package var bytes: [UInt8]

  package init(episode: Int64, at: Int64, time: Int64?, sensor: String, bytes: [UInt8]) {
    (self.episode, self.at, self.time) = (episode, at, time)
    (self.sensor, self.bytes) = (sensor, bytes)
  }
}

/// How many alerts left no recording since the outbox counted them last.
package struct LostRecordings: Equatable, Sendable {
  /// Too many alerts were raised at once, or no frames came.
  package var refused: Int64
  /// The disk did not take the recordings.
  package var failed: Int64

  package init(refused: Int64 = 0, failed: Int64 = 0) {
    (self.refused, self.failed) = (refused, failed)
  }
}

/// The recordings of an outbox, for the core that adds them. A recording is worth less than any
/// record. When there is no room, the outbox drops recordings first, and for a new recording it
/// drops only older ones.
final class RecordingTable {
  private let database: Database
  private let insertion: Statement
  private let eviction: Statement
  private let byteCount: Statement

  init(_ database: Database) throws(OutboxError) {
    self.database = database
    insertion = try database.prepare(
      "INSERT INTO recording(alert, at, boot, time, sensor, frames) VALUES (?, ?, ?, ?, ?, ?)")
    eviction = try database.prepare(
      "DELETE FROM recording WHERE sequence = (SELECT min(sequence) FROM recording)")
    byteCount = try database.prepare("SELECT coalesce(sum(length(frames)), 0) FROM recording")
  }

  func add(_ recording: NewRecording, boot: String) throws(OutboxError) {
    try insertion.bind(1, recording.episode)
    try insertion.bind(2, recording.at)
    try insertion.bind(3, boot)
    try insertion.bind(4, recording.time)
    try insertion.bind(5, recording.sensor)
    try insertion.bind(6, recording.bytes)
    try insertion.run()
  }

  /// Drops the oldest recording.
  ///
  /// - Returns: false when there is none.
  func evict() throws(OutboxError) -> Bool {
    try eviction.run()
    return database.changes > 0
  }

  /// The bytes of all recordings together.
  func bytes() throws(OutboxError) -> Int {
    defer { byteCount.reset() }
    return try byteCount.step() ? Int(byteCount.integer(0)) : 0
  }
}

/// One recording of an outbox, for people who look at it and for a server.
package struct StoredRecording: Equatable, Sendable {
  /// Never given twice in one outbox; records have sequences of their own.
  package let sequence: Int64
  package let episode: Int64
  /// When the alert was raised, CLOCK_BOOTTIME in nanoseconds of `boot`.
  package let at: Int64
  package let boot: String
  /// Nanoseconds since 1970; nil where the board did not know the time.
  package internal(set) var time: Int64?
  package let sensor: String
  package let bytes: [UInt8]

  /// What `init(row:)` reads, in this order.
  static let columns = "sequence, alert, at, boot, time, sensor, frames"

  init(
    sequence: Int64, episode: Int64, at: Int64, boot: String, time: Int64?, sensor: String,
    bytes: [UInt8]
  ) {
    (self.sequence, self.episode, self.at) = (sequence, episode, at)
    (self.boot, self.time, self.sensor, self.bytes) = (boot, time, sensor, bytes)
  }

  init(row: Statement) {
    (sequence, episode, at) = (row.integer(0), row.integer(1), row.integer(2))
    boot = row.text(3)
    time = row.isNull(4) ? nil : row.integer(4)
    sensor = row.text(5)
    bytes = row.bytes(6)
  }

  /// Hands over recordings, the newest first, until the closure returns false. One recording is in
  /// memory at a time.
  ///
  /// - Parameter episode: the episode whose recordings are wanted, of every alert; nil for all
  ///   recordings.
  @export(interface)
  package static func read(
    _ path: String, episode: Int64?, _ take: (StoredRecording) -> Bool
  ) throws(OutboxError) {
    let database = try Outbox.reader(path)
    // The query reads one row at a time, so that no transaction stays open while the caller works.
    let query = try database.prepare(
      "SELECT \(StoredRecording.columns) FROM recording "
        + "WHERE sequence < ?1 AND (?2 IS NULL OR alert = ?2) ORDER BY sequence DESC LIMIT 1")
    var last = Int64.max
    while true {
      query.reset()
      try query.bind(1, last)
      try query.bind(2, episode)
      guard try query.step() else { return }
      let recording = StoredRecording(row: query)
      last = recording.sequence
      query.reset()
      if !take(recording) { return }
    }
  }
}
