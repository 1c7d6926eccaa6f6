/// What a person does about an alert.
enum AlertAct: BitwiseCopyable, Equatable, Sendable {
  /// Seen. Of the episode with that number; 0 is the one that stands.
  case acknowledge(episode: Int64)
  /// Remedy done.
  case confirm(episode: Int64)
  /// Ends a latched alert.
  case reset(episode: Int64)
  /// Until CLOCK_BOOTTIME in nanoseconds.
  case shelve(until: Int64)
  /// Until the next return to normal, and until that time at the latest.
  case shelveOnce(until: Int64)
  case unshelve
  case service(isOut: Bool)
  /// The sound of every alert that stands now is off until then; a new episode sounds.
  case silence(until: Int64)
  case drill
}

/// What a person asks of an alert, on its way from the control thread to the hot thread. The
/// control thread has written it to the alerts' file before.
struct AlertOrder: BitwiseCopyable, Sendable {
  enum Kind: BitwiseCopyable, Equatable, Sendable {
    case act(AlertAct)
    /// Another level for its condition; the levels of the configuration come back with `nil`.
    case setLevels(LevelOverride?)
  }

  /// Index among the configuration's alerts; -1 is all.
  var alert: Int
  var kind: Kind
  var person: PersonName
  /// When the person asked, CLOCK_BOOTTIME in nanoseconds.
  var at: Int64
}
