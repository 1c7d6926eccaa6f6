import System

/// What must outlive a killed process of one alert, in words of 64 bits. `StandingFile` has one
/// place for each alert.
struct StandingRecord: BitwiseCopyable, Sendable {
  /// What its name and this boot are, as `StandingRecord.mark(of:)` says.
  var name: UInt64 = 0
  var boot: UInt64 = 0
  var snapshot = AlertSnapshot()
  /// When this was written. Only a change is written, so the greater one is the later change.
  var changedAt: Int64 = 0

  /// The words before `changedAt`: 14 numbers, and a name of 64 bytes.
  static let contentWords = 14 + 8
  /// With `changedAt` and the checksum.
  static let words = contentWords + 2
  /// Of a name or of a boot. FNV-1a: two names of one configuration are equal in it by an accident
  /// of 2⁻⁵¹ at most.
  static func mark(of text: String) -> UInt64 {
    var mark: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { mark = (mark ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return mark
  }

  /// Hot: fills `words` of `Self.words`.
  func write(into words: UnsafeMutableBufferPointer<UInt64>) {
    let state = snapshot.state
    (words[0], words[1]) = (name, boot)
    words[2] =
      UInt64(state.phase.rawValue) | UInt64(state.flags.rawValue) << 8
      | (state.isConfirmed ? 1 << 16 : 0) | (state.clearedAt == nil ? 0 : 1 << 17)
      | UInt64(UInt32(bitPattern: state.repeatCount)) << 32
    words[3] = UInt64(bitPattern: state.episode)
    words[4] = UInt64(bitPattern: state.episodeFloor)
    words[5] = UInt64(bitPattern: state.since)
    words[6] = UInt64(bitPattern: state.raisedAt)
    words[7] = UInt64(bitPattern: state.clearedAt ?? 0)
    words[8] = UInt64(bitPattern: state.calledAt)
    words[9] = UInt64(bitPattern: state.waitingSince)
    words[10] = UInt64(bitPattern: state.shelfUntil)
    words[11] = UInt64(bitPattern: state.silenceUntil)
    words[12] = UInt64(bitPattern: snapshot.sinceWall)
    words[13] = UInt64(snapshot.value.bitPattern) | UInt64(snapshot.level.bitPattern) << 32
    for word in 14..<Self.contentWords { words[word] = 0 }
    words[14] = UInt64(snapshot.acknowledgedBy.count)
    snapshot.acknowledgedBy.withBytes { bytes in
      for index in bytes.indices {
        // The first byte of the eight words is the count.
        let place = index + 1
        words[14 + place / 8] |= UInt64(bytes[index]) << UInt64(8 * (place % 8))
      }
    }
    words[Self.contentWords] = UInt64(bitPattern: changedAt)
    words[Self.contentWords + 1] = Self.checksum(of: UnsafeBufferPointer(words))
  }

  /// Nil for words that no agent wrote as a whole.
  init?(_ words: UnsafeBufferPointer<UInt64>) {
    guard words.count == Self.words, words[Self.contentWords + 1] == Self.checksum(of: words),
      let phase = AlertPhase(rawValue: UInt8(truncatingIfNeeded: words[2]))
    else { return nil }
    func number(_ word: Int) -> Int64 { Int64(bitPattern: words[word]) }
    (name, boot) = (words[0], words[1])
    snapshot.state = AlertMachine.State(
      phase: phase, flags: AlertFlags(rawValue: UInt8(truncatingIfNeeded: words[2] >> 8)),
      episode: number(3), episodeFloor: number(4),
      repeatCount: Int32(truncatingIfNeeded: words[2] >> 32),
      isConfirmed: words[2] >> 16 & 1 == 1, since: number(5), raisedAt: number(6),
      clearedAt: words[2] >> 17 & 1 == 1 ? number(7) : nil, calledAt: number(8),
      waitingSince: number(9), shelfUntil: number(10), silenceUntil: number(11))
    snapshot.sinceWall = number(12)
    snapshot.value = Float(bitPattern: UInt32(truncatingIfNeeded: words[13]))
    snapshot.level = Float(bitPattern: UInt32(truncatingIfNeeded: words[13] >> 32))
    let count = Int(min(words[14] & 0xFF, 63))
    let person = (1..<count + 1).map { place in
      UInt8(truncatingIfNeeded: words[14 + place / 8] >> UInt64(8 * (place % 8)))
    }
    snapshot.acknowledgedBy = PersonName(String(decoding: person, as: UTF8.self))
    changedAt = number(Self.contentWords)
  }

  /// Of all words before it. It finds what a disk or another program did to a record; a torn write
  /// of this program shows in the record's count already.
  private static func checksum(of words: UnsafeBufferPointer<UInt64>) -> UInt64 {
    var sum: UInt64 = 0x9E37_79B9_7F4A_7C15
    for index in 0...contentWords {
      sum = (sum ^ words[index]) &* 0xFF51_AFD7_ED55_8CCD
      sum ^= sum >> 33
    }
    return sum
  }
}

extension StandingRecord {
  /// Hot.
  init(name: UInt64, boot: UInt64, _ snapshot: AlertSnapshot, at now: Int64) {
    (self.name, self.boot, self.snapshot, changedAt) = (name, boot, snapshot, now)
  }

  init(_ saved: SavedAlert, boot: UInt64, at now: Int64) {
    self.init(
      name: Self.mark(of: saved.name), boot: boot,
      AlertSnapshot(
        state: saved.state, sinceWall: saved.sinceWall, value: saved.value,
        level: saved.level, acknowledgedBy: PersonName(saved.acknowledgedBy)), at: now)
  }
}

extension SavedAlert {
  /// The record tells of a later change of the same alert in the same boot.
  func isOlder(than record: StandingRecord, boot: UInt64) -> Bool {
    guard record.boot == boot, record.name == StandingRecord.mark(of: name) else { return false }
    let episode = record.snapshot.state.episode
    return episode > state.episode || episode == state.episode && record.changedAt >= at
  }

  /// What the file did not get to know before the process ended.
  mutating func take(_ record: StandingRecord) {
    if record.snapshot.state.episode > state.episode {
      // What a person wrote, and what was told last, was about the episode before.
      (note, person, transition) = ("", "", .raised)
    }
    take(record.snapshot)
    (at, wall) = (state.since, sinceWall)
  }
}
