extension AlertRefusal {
  /// Why it is not done. The caller puts the alert's name before it.
  var message: String { words.reason }

  /// What the person can do.
  var remedy: String { words.remedy }

  private var words: (reason: String, remedy: String) {
    switch self {
    case .notStanding: ("it is normal", Self.nothing)
    case .wrongEpisode(let standing):
      (
        "that episode is over",
        "look at episode \(standing), which stands now, and name that one"
      )
    case .alreadyAcknowledged: ("it is acknowledged already", Self.nothing)
    case .notAcknowledged: ("no person has acknowledged it", "acknowledge it first")
    case .nothingToConfirm:
      ("it needs no confirmation", "to ask for one, set confirm = true in its [[alert]]")
    case .alreadyConfirmed: ("it is confirmed already", "it ends with its condition")
    case .notConfirmed: ("the remedy is not confirmed", "confirm it first")
    case .notLatched:
      ("it does not latch and needs no reset", "acknowledge it where that is missing")
    case .notReturned: ("its condition still holds", "remove the cause, then reset it")
    case .alreadyShelved:
      ("it is shelved already", "unshelve it first to give it another time")
    case .notShelved: ("it is not shelved", "alerts list shows what keeps it quiet")
    case .alreadyOutOfService: ("it is out of service already", Self.nothing)
    case .notOutOfService: ("it is in service already", Self.nothing)
    case .nothingToSilence: ("it makes no sound", Self.nothing)
    case .timeIsPast: ("the time is over already", "give a time of at least one second")
    case .standing:
      ("it stands, and its outputs show that", "drill it when it is normal again")
    case .alreadyDrilled: ("a drill runs already", "wait for its end")
    case .noLevels: ("its condition has no level", "set changes levels of values only")
    }
  }

  private static let nothing = "there is nothing to do"
}
