/// An event with the count of those that were left out before it.
struct QueuedEvent: BitwiseCopyable, Sendable {
  var event: AlertEvent
  /// Transitions of the same alert that this output was not told, since the one told before.
  var missed: Int32 = 0
}

/// What one output has still to be told of one alert, in fixed memory: the first untold raise and
/// the newest event after it. An alert that flaps faster than the output works is summarised: of
/// the episodes that began meanwhile, the first raise is told, then the newest event, whatever it
/// is. So the output always hears that the alert called, and how it stands. What was left out is
/// counted.
struct PendingAlert: BitwiseCopyable, Sendable {
  private var raise: QueuedEvent?
  private var newest: QueuedEvent?

  var isEmpty: Bool { raise == nil && newest == nil }
  /// A person is to be called.
  var calls: Bool { raise != nil }
  /// What calls a person.
  var call: AlertEvent? { raise?.event }

  /// Hot: allocates nothing.
  mutating func put(_ next: QueuedEvent) {
    guard next.event.calls, raise == nil || next.event.begins && !raise!.event.begins else {
      newest = next.after(newest)
      return
    }
    // What came before this raise and was not told is history.
    (raise, newest) = (next.after(newest).after(raise), nil)
  }

  /// Hot: the next event to tell.
  mutating func take() -> QueuedEvent? {
    if let next = raise {
      raise = nil
      return next
    }
    defer { newest = nil }
    return newest
  }

  /// Counts an event that is older than all that waits here, and will not be told.
  mutating func leaveOut(_ older: QueuedEvent) {
    guard let next = take() else { return }
    let rest = take()
    put(next.after(older))
    if let rest { put(rest) }
  }
}

extension QueuedEvent {
  /// This one, where `other` is left out before it.
  fileprivate func after(_ other: QueuedEvent?) -> QueuedEvent {
    guard let other else { return self }
    var result = self
    let (sum, hasOverflowed) = missed.addingReportingOverflow(other.missed)
    result.missed = hasOverflowed || sum == .max ? .max : sum + 1
    return result
  }
}

extension AlertEvent {
  /// A person is to be called.
  var calls: Bool {
    switch transition {
    case .raised, .repeated, .restored, .escalated, .drillBegan: true
    // What kept the alert from being heard is over, and it still stands unseen.
    case .unshelved, .unsuppressed, .inService, .unsilenced: phase == .unacknowledged
    case .cleared, .acknowledged, .confirmed, .reset, .shelved, .suppressed, .outOfService,
      .silenced, .drillEnded:
      false
    }
  }

  /// An episode begins, or is told for the first time since the start.
  var begins: Bool { transition == .raised || transition == .restored }

  /// A person is called to what the output was told before.
  var reminds: Bool { transition == .repeated }
}
