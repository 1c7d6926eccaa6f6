import Config

/// What an alert wants its sirens, lamps and relays to show now.
struct OutputSignal: Equatable, Sendable {
  var severity: AlertSeverity
  var sound = false
  var light = AlertSignal.Light.off
  var relay = false
  /// The outputs of `escalate_to` show it too.
  var isEscalated = false

  init(
    severity: AlertSeverity, sound: Bool = false, light: AlertSignal.Light = .off,
    relay: Bool = false, isEscalated: Bool = false
  ) {
    (self.severity, self.sound, self.light) = (severity, sound, light)
    (self.relay, self.isEscalated) = (relay, isEscalated)
  }

  init(_ signal: AlertSignal, severity: AlertSeverity, isEscalated: Bool) {
    self.init(
      severity: severity, sound: signal.sound, light: signal.light, relay: signal.relay,
      isEscalated: isEscalated)
  }

  /// Nothing is to be shown.
  static let none = OutputSignal(severity: .info)
}

/// What one output shows: whether it is on, how, and for which severity.
struct ShownSignal: Equatable, Sendable {
  /// Nil: it is off.
  var pattern: SignalPatternKind?
  var severity: AlertSeverity

  static let off = ShownSignal(pattern: nil, severity: .info)

  /// What an output of that role and pattern makes of one alert's signal.
  init(_ signal: OutputSignal, role: SignalRole, pattern: SignalPatternKind) {
    severity = signal.severity
    switch role {
    case .siren: self.pattern = signal.sound ? pattern : nil
    case .relay: self.pattern = signal.relay ? pattern : nil
    case .lamp:
      switch signal.light {
      case .off: self.pattern = nil
      // It flashes until a person has seen the alert, whatever `pattern` says of steady.
      case .flash: self.pattern = pattern == .steady ? .blink : pattern
      case .steady: self.pattern = .steady
      }
    }
  }

  init(pattern: SignalPatternKind?, severity: AlertSeverity) {
    (self.pattern, self.severity) = (pattern, severity)
  }

  /// An alert that no person has seen goes before one that somebody has, since a new occurrence
  /// must never hide behind an old one. Then severity counts.
  func isMoreUrgent(than other: ShownSignal, role: SignalRole) -> Bool {
    guard let pattern else { return false }
    guard let otherPattern = other.pattern else { return true }
    let (calls, otherCalls) = (pattern != .steady, otherPattern != .steady)
    if role == .lamp, calls != otherCalls { return calls }
    return severity > other.severity
  }
}
