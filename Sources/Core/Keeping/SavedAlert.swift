/// All that the agent remembers of one alert, by its name.
struct SavedAlert: Equatable, Sendable {
  var name: String
  var state = AlertMachine.State()
  /// What it announced last, and when: CLOCK_BOOTTIME and wall time, in nanoseconds.
  var transition = AlertTransition.cleared
  var at: Int64 = 0
  var wall: Int64 = 0
  /// When its latest episode began, in wall time.
  var sinceWall: Int64 = 0
  var value: Float = .nan
  var level: Float = .nan
  /// Who made the last transition, if a person did.
  var person = ""
  /// Who acknowledged the latest episode.
  var acknowledgedBy = ""
  /// What that person, or the last one, wrote about it.
  var note = ""

  init(name: String) { self.name = name }

  /// The next transition of the hot thread.
  mutating func take(_ next: KeptTransition) {
    let event = next.event
    // A note belongs to the act that it was written for.
    note = ""
    if event.transition == .raised { sinceWall = event.wall }
    // It has to be seen again.
    if event.transition == .raised || event.transition == .repeated { acknowledgedBy = "" }
    take(next.state)
    (transition, at, wall) = (event.transition, event.arrival, event.wall)
    (value, level) = (event.value, event.level)
    person = event.person.text
    if event.transition == .acknowledged { acknowledgedBy = person }
  }

  /// Where the alert stands now, after transitions that nobody wrote down.
  mutating func take(_ now: AlertSnapshot) {
    take(now.state)
    (sinceWall, value, level) = (now.sinceWall, now.value, now.level)
    acknowledgedBy = now.acknowledgedBy.text
  }

  /// A number never goes back, whatever comes.
  private mutating func take(_ new: AlertMachine.State) {
    let episode = max(state.episode, new.episode)
    let floor = max(state.episodeFloor, new.episodeFloor, episode)
    state = new
    (state.episode, state.episodeFloor) = (episode, floor)
  }

  static func == (a: SavedAlert, b: SavedAlert) -> Bool {
    a.name.utf8.elementsEqual(b.name.utf8) && a.state == b.state
      && a.transition == b.transition && a.at == b.at && a.wall == b.wall
      && a.sinceWall == b.sinceWall
      && a.value.bitPattern == b.value.bitPattern && a.level.bitPattern == b.level.bitPattern
      && a.person == b.person && a.acknowledgedBy == b.acknowledgedBy && a.note == b.note
  }
}

/// What a person did, as it is written down before anything else happens.
struct StoredAct: Equatable, Sendable {
  var kind: AlertAct
  /// The alert's name; empty where it is about all alerts.
  var name: String
  /// The person as outputs name it; see `PersonName`.
  var person: String
  var note: String
  /// CLOCK_BOOTTIME and wall time, in nanoseconds.
  var at: Int64
  var wall: Int64

  func isAbout(_ alert: String) -> Bool { name.isEmpty || name.utf8.elementsEqual(alert.utf8) }
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
