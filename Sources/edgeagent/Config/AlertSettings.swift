import Text

/// `[[alert]]`: when a score becomes an alert, and who hears of it.
struct AlertSettings: Equatable, Sendable {
  /// 1…64 of `A-Z a-z 0-9 _ -`; unique among alerts.
  var name: String
  var source: AlertSource
  /// A score at or above votes for the alert. 0…1; required.
  var above: Double
  /// A score below votes for its end. 0…`above`; `above` by default: no hysteresis.
  var clearBelow: Double
  var votes: AlertVotes = AlertVotes(needed: 1, of: 1)
  /// The votes must stand for this long before the alert is raised.
  var holdNanoseconds: Int64 = 0
  var severity: AlertSeverity = .warning
  /// Stays raised until somebody acknowledges it.
  var latch: Bool = false
  /// Up to 8, all different; none by default: the alert is only stored.
  var outputs: [OutputSettings] = []

  /// Where `[[alert]]` begins; `outputsPlace` too where no outputs were written.
  var place: SourcePlace
  var sourcePlace: SourcePlace
  var outputsPlace: SourcePlace
}

/// `"pipeline.label"`, cut at the first dot: a label may hold dots, a pipeline's name none.
struct AlertSource: Equatable, Sendable {
  /// The name of a pipeline.
  var pipeline: String
  /// One of its model's output labels; the manifest knows whether it exists.
  var label: String

  /// As it is written in the configuration.
  var text: String { "\(pipeline).\(label)" }
}

/// `"2 of 3"`: so many of the last scores.
struct AlertVotes: Equatable, Sendable {
  /// 1…`of`
  var needed: Int
  /// 1…32: the last votes are kept as bits of one word.
  var of: Int
}

enum AlertSeverity: String, Equatable, Sendable, CaseIterable {
  case info, warning, critical
}

/// Where an alert is told.
enum OutputSettings: Equatable, Sendable {
  /// The events socket.
  case socket
  /// The systemd journal.
  case journal
  /// A program, started without a shell: `"exec:/path"`.
  case exec(path: String)
}
