import System

/// What must outlive a killed process of one alert, in words of 64 bits. `StandingFile` has one
/// place for each alert.
struct StandingRecord: BitwiseCopyable, Sendable {
  /// What its name and this boot are, as `StandingRecord.mark(of:)` says.
  var name: UInt64 = 0
  var boot: UInt64 = 0
  var phase = AlertPhase.normal
  var flags: AlertFlags = []
  var isConfirmed = false
  var repeatCount: Int32 = 0
  var episode: Int64 = 0
  var episodeFloor: Int64 = 0
  /// When the episode began: CLOCK_BOOTTIME and wall time, in nanoseconds.
  var since: Int64 = 0
  var sinceWall: Int64 = 0
  /// When the phase began.
  var phaseSince: Int64 = 0
  /// 0: the condition is not over, or nobody knows.
  var clearedAt: Int64 = 0
  var shelfEnd: Int64 = 0
  var silenceEnd: Int64 = 0
  var value: Float = .nan
  var level: Float = .nan
  var acknowledgedBy = PersonName()
  /// When this was written. Only a change is written, so the greater one is the later change.
  var changedAt: Int64 = 0

  /// The words before `changedAt`: 12 numbers, and a name of 64 bytes.
  static let contentWords = 12 + 8
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
    (words[0], words[1]) = (name, boot)
    words[2] =
      UInt64(phase.rawValue) | UInt64(flags.rawValue) << 8 | (isConfirmed ? 1 << 16 : 0)
      | UInt64(UInt32(bitPattern: repeatCount)) << 32
    words[3] = UInt64(bitPattern: episode)
    words[4] = UInt64(bitPattern: episodeFloor)
    words[5] = UInt64(bitPattern: since)
    words[6] = UInt64(bitPattern: sinceWall)
    words[7] = UInt64(bitPattern: phaseSince)
    words[8] = UInt64(bitPattern: clearedAt)
    words[9] = UInt64(bitPattern: shelfEnd)
    words[10] = UInt64(bitPattern: silenceEnd)
    words[11] = UInt64(value.bitPattern) | UInt64(level.bitPattern) << 32
    for word in 12..<Self.contentWords { words[word] = 0 }
    words[12] = UInt64(acknowledgedBy.count)
    acknowledgedBy.withBytes { bytes in
      for index in bytes.indices {
        // The first byte of the eight words is the count.
        let place = index + 1
        words[12 + place / 8] |= UInt64(bytes[index]) << UInt64(8 * (place % 8))
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
    (name, boot) = (words[0], words[1])
    self.phase = phase
    flags = AlertFlags(rawValue: UInt8(truncatingIfNeeded: words[2] >> 8))
    isConfirmed = words[2] >> 16 & 1 == 1
    repeatCount = Int32(bitPattern: UInt32(truncatingIfNeeded: words[2] >> 32))
    episode = Int64(bitPattern: words[3])
    episodeFloor = Int64(bitPattern: words[4])
    since = Int64(bitPattern: words[5])
    sinceWall = Int64(bitPattern: words[6])
    phaseSince = Int64(bitPattern: words[7])
    clearedAt = Int64(bitPattern: words[8])
    shelfEnd = Int64(bitPattern: words[9])
    silenceEnd = Int64(bitPattern: words[10])
    value = Float(bitPattern: UInt32(truncatingIfNeeded: words[11]))
    level = Float(bitPattern: UInt32(truncatingIfNeeded: words[11] >> 32))
    let count = Int(min(words[12] & 0xFF, 63))
    let person = (1..<count + 1).map { place in
      UInt8(truncatingIfNeeded: words[12 + place / 8] >> UInt64(8 * (place % 8)))
    }
    acknowledgedBy = PersonName(String(decoding: person, as: UTF8.self))
    changedAt = Int64(bitPattern: words[Self.contentWords])
  }

  init() {}

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
  /// Hot: where the machine stands now.
  init(_ machine: AlertMachine, name: UInt64, boot: UInt64) {
    self.init()
    (self.name, self.boot) = (name, boot)
    (phase, flags, isConfirmed) = (machine.phase, machine.flags, machine.isConfirmed)
    (repeatCount, episode) = (machine.repeatCount, machine.episode)
    (episodeFloor, since) = (machine.episodeFloor, machine.raisedAt)
    (phaseSince, clearedAt) = (machine.since, machine.clearedAt ?? 0)
    shelfEnd = flags.isDisjoint(with: .anyShelf) ? 0 : machine.shelfUntil
    silenceEnd = flags.contains(.silenced) ? machine.silenceUntil : 0
  }

  init(_ saved: SavedAlert, boot: UInt64, at now: Int64) {
    self.init()
    (name, self.boot, changedAt) = (Self.mark(of: saved.name), boot, now)
    (phase, flags, isConfirmed) = (saved.phase, saved.flags, saved.isConfirmed)
    (repeatCount, episode, episodeFloor) = (saved.repeatCount, saved.episode, saved.episodeFloor)
    (since, sinceWall, phaseSince) = (saved.since, saved.sinceWall, saved.at)
    (clearedAt, shelfEnd, silenceEnd) = (saved.clearedAt, saved.shelfEnd, saved.silenceEnd)
    (value, level) = (saved.value, saved.level)
    acknowledgedBy = PersonName(saved.acknowledgedBy)
  }
}

extension SavedAlert {
  /// The record tells of a later change of the same alert in the same boot.
  func isOlder(than record: StandingRecord, boot: UInt64) -> Bool {
    guard record.boot == boot, record.name == StandingRecord.mark(of: name) else { return false }
    return record.episode > episode || record.episode == episode && record.changedAt >= at
  }

  /// What the file did not get to know before the process ended.
  mutating func take(_ record: StandingRecord) {
    if record.episode > episode {
      // What a person wrote, and what was told last, was about the episode before.
      (note, person, transition) = ("", "", .raised)
    }
    (phase, flags, isConfirmed) = (record.phase, record.flags, record.isConfirmed)
    (repeatCount, episode) = (record.repeatCount, record.episode)
    episodeFloor = max(episodeFloor, record.episodeFloor, record.episode)
    (since, sinceWall, at) = (record.since, record.sinceWall, record.phaseSince)
    wall = record.sinceWall
    (clearedAt, shelfEnd, silenceEnd) = (record.clearedAt, record.shelfEnd, record.silenceEnd)
    (value, level) = (record.value, record.level)
    acknowledgedBy = record.acknowledgedBy.text
  }
}
