import Text

/// `[[alert]]`: when scores raise an alert, and where the agent tells it.
package struct AlertSettings: Equatable, Sendable {
  /// 1…64 of `A-Z a-z 0-9 _ -`; unique among alerts.
  package var name: String
  package var source: AlertSource
  /// A score at or above this votes for the alert. 0…1; required.
  package var above: Double
  /// A score below this ends the episode. 0…`above`; the default is `above`, which is no
  /// hysteresis.
  package var clearBelow: Double
  package var votes: AlertVotes = AlertVotes(needed: 1, of: 1)
  /// The votes must stand for this long before the alert is raised.
  package var holdNanoseconds: Int64 = 0
  package var severity: AlertSeverity = .warning
  /// The alert stays raised until a person acknowledges it.
  package var latch: Bool = false
  /// Up to 8, all different. By default there are none, and the alert is only stored.
  package var outputs: [OutputSettings] = []

  /// The place where `[[alert]]` begins. `outputsPlace` is the same if no outputs were written.
  package var place: SourcePlace
  package var sourcePlace: SourcePlace
  package var outputsPlace: SourcePlace

  package init(
    name: String, source: AlertSource, above: Double, clearBelow: Double,
    votes: AlertVotes = AlertVotes(needed: 1, of: 1), holdNanoseconds: Int64 = 0,
    severity: AlertSeverity = .warning, latch: Bool = false, outputs: [OutputSettings] = [],
    place: SourcePlace, sourcePlace: SourcePlace, outputsPlace: SourcePlace
  ) {
    self.name = name
    self.source = source
    self.above = above
    self.clearBelow = clearBelow
    self.votes = votes
    self.holdNanoseconds = holdNanoseconds
    self.severity = severity
    self.latch = latch
    self.outputs = outputs
    self.place = place
    self.sourcePlace = sourcePlace
    self.outputsPlace = outputsPlace
  }
}

/// `"pipeline.label"`, cut at the first dot: a label may hold dots, but a pipeline's name may not.
package struct AlertSource: Equatable, Sendable {
  /// The name of a pipeline.
  package var pipeline: String
  /// One of the labels of the pipeline's model; only the manifest tells whether it exists.
  package var label: String

  package init(pipeline: String, label: String) {
    self.pipeline = pipeline
    self.label = label
  }

  /// The text as it is written in the configuration.
  package var text: String { "\(pipeline).\(label)" }
}

/// `"2 of 3"`: `needed` votes among the last `of` scores.
package struct AlertVotes: Equatable, Sendable {
  /// 1…`of`
  package var needed: Int
  /// 1…32, because the agent keeps the last votes as bits of one word.
  package var of: Int

  package init(needed: Int, of: Int) {
    self.needed = needed
    self.of = of
  }
}

/// `severity`: how urgent the alert is; each raw value is the word in the configuration.
package enum AlertSeverity: String, Equatable, Sendable, CaseIterable {
  case info, warning, critical
}

/// Where the agent tells an alert.
package enum OutputSettings: Equatable, Sendable {
  /// The events socket.
  case socket
  /// The systemd journal.
  case journal
  /// A program, started without a shell: `"exec:/path"`.
  case exec(path: String)
}
