/// All that the agent remembers of one alert, by its name.
struct SavedAlert: Equatable, Sendable {
  var name: String
  var phase = AlertPhase.normal
  var flags: AlertFlags = []
  /// The number of the latest episode; 0 before the first.
  var episode: Int64 = 0
  /// The next episode gets a number above this one; never less than `episode`.
  var episodeFloor: Int64 = 0
  var repeatCount: Int32 = 0
  /// In `acknowledged`: a person has confirmed the remedy already, and none has to when the
  /// condition ends.
  var isConfirmed = false
  /// What it announced last, and when: CLOCK_BOOTTIME and wall time, in nanoseconds.
  var transition = AlertTransition.cleared
  var at: Int64 = 0
  var wall: Int64 = 0
  /// When its latest episode began.
  var since: Int64 = 0
  var sinceWall: Int64 = 0
  /// When the condition of the latest episode was over; 0: it is not, or nobody knows.
  var clearedAt: Int64 = 0
  /// CLOCK_BOOTTIME in nanoseconds; 0 where it is not shelved, or not silenced.
  var shelfEnd: Int64 = 0
  var silenceEnd: Int64 = 0
  var value: Float = .nan
  var level: Float = .nan
  var votes: UInt8 = 0
  /// Who made the last transition, if a person did.
  var person = ""
  /// Who acknowledged the latest episode.
  var acknowledgedBy = ""
  /// What that person, or the last one, wrote about it.
  var note = ""

  init(name: String) { self.name = name }

  /// The next transition of the hot thread.
  mutating func take(_ event: AlertEvent) {
    // A note belongs to the act that it was written for.
    note = ""
    if event.transition == .raised {
      (since, sinceWall) = (event.arrival, event.wall)
      (acknowledgedBy, note, isConfirmed, clearedAt) = ("", "", false, 0)
    }
    if event.transition == .cleared { clearedAt = event.arrival }
    (phase, flags, transition) = (event.phase, event.flags, event.transition)
    (repeatCount, votes) = (event.repeatCount, event.votes)
    (value, level) = (event.value, event.level)
    (at, wall) = (event.arrival, event.wall)
    // A number never goes back, whatever comes.
    episode = max(episode, event.episode)
    episodeFloor = max(episodeFloor, episode)
    person = event.person.text
    if event.transition == .acknowledged { acknowledgedBy = person }
    if event.transition == .confirmed, phase == .acknowledged { isConfirmed = true }
    if flags.isDisjoint(with: [.shelved, .shelvedOnce]) { shelfEnd = 0 }
    if !flags.contains(.silenced) { silenceEnd = 0 }
  }

  static func == (a: SavedAlert, b: SavedAlert) -> Bool {
    a.name.utf8.elementsEqual(b.name.utf8) && a.phase == b.phase && a.flags == b.flags
      && a.episode == b.episode && a.episodeFloor == b.episodeFloor
      && a.repeatCount == b.repeatCount && a.isConfirmed == b.isConfirmed
      && a.transition == b.transition && a.at == b.at && a.wall == b.wall && a.since == b.since
      && a.sinceWall == b.sinceWall && a.clearedAt == b.clearedAt && a.shelfEnd == b.shelfEnd
      && a.silenceEnd == b.silenceEnd
      && a.value.bitPattern == b.value.bitPattern && a.level.bitPattern == b.level.bitPattern
      && a.votes == b.votes && a.person == b.person && a.acknowledgedBy == b.acknowledgedBy
      && a.note == b.note
  }
}

/// What a person did, as it is written down before anything else happens.
struct StoredAct: Equatable, Sendable {
  enum Kind: Equatable, Sendable {
    case acknowledge(episode: Int64), confirm(episode: Int64), reset(episode: Int64)
    /// Until CLOCK_BOOTTIME in nanoseconds.
    case shelve(until: Int64), shelveOnce(until: Int64)
    case unshelve
    case service(isOut: Bool)
    case silence(until: Int64)
    case drill
  }

  var kind: Kind
  /// The alert's name; empty where it is about all alerts.
  var name: String
  /// The person as outputs name it; see `PersonName`.
  var person: String
  var note: String
  /// CLOCK_BOOTTIME and wall time, in nanoseconds.
  var at: Int64
  var wall: Int64
}

/// A level that a person set; `condition` is the name of the condition.
struct SavedOverride: Equatable, Sendable {
  var condition: String
  /// Place among `LevelSettings.Kind.allCases`: the levels of a condition that became another kind
  /// mean nothing.
  var kind: UInt8
  /// The mark of the condition's source: a level of another source means nothing either. 0: nobody
  /// wrote it down.
  var source: UInt64 = 0
  var levels: LevelOverride
  var person: String
  var wall: Int64
}

/// The clocks at one moment, so that times of one boot can be found in the next.
struct ClockNote: Equatable, Sendable {
  var boot: String
  var at: Int64
  var wall: Int64
}
