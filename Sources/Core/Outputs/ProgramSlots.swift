import Config

/// What the programs of one lane have still to be told: for each way from an alert to a program a
/// place of fixed size. Pure: no clock, no process.
struct ProgramSlots {
  /// One program, told one event.
  struct Task {
    let slot: Int
    let queued: QueuedEvent
    /// Runs that failed before.
    let failures: Int
  }

  fileprivate struct Slot {
    var link: OutputLink
    var pending = PendingAlert()
    /// The place in the queue: when the first of `pending` came.
    var turn: Int64 = 0
    var isRunning = false
    /// A run failed, and this event is told again at that time.
    var retry: (queued: QueuedEvent, failures: Int, at: Int64)?
  }

  private var slots: [Slot]
  private var turns: Int64 = 0

  init(_ links: [OutputLink]) { slots = links.map { Slot(link: $0) } }

  static func byteCount(_ count: Int) -> Int { count * MemoryLayout<Slot>.stride }

  func link(of slot: Int) -> OutputLink { slots[slot].link }

  /// Nothing runs, and nothing has to be told.
  var isIdle: Bool {
    !slots.contains { $0.isRunning || $0.retry != nil || !$0.pending.isEmpty }
  }

  mutating func put(_ queued: QueuedEvent) {
    for index in slots.indices where slots[index].link.alert == queued.event.alert {
      guard slots[index].link.takes(queued.event) else { continue }
      if slots[index].pending.isEmpty {
        turns += 1
        slots[index].turn = turns
      }
      slots[index].pending.put(queued)
      if let retry = slots[index].retry, slots[index].replaces(retry.queued.event) {
        slots[index].drop(retry.queued)
      }
    }
  }

  /// The next program that may run: who calls a person to something new goes first, then who
  /// reminds a person, then the others; among equals who waits longest. An output runs one program
  /// at a time.
  mutating func next(at now: Int64) -> Task? {
    var best: Int?
    for index in slots.indices where isReady(slots[index], at: now) {
      guard let other = best else {
        best = index
        continue
      }
      let (one, two) = (slots[index], slots[other])
      if one.rank != two.rank ? one.rank < two.rank : one.turn < two.turn { best = index }
    }
    guard let best else { return nil }
    slots[best].isRunning = true
    if let retry = slots[best].retry {
      slots[best].retry = nil
      return Task(slot: best, queued: retry.queued, failures: retry.failures)
    }
    guard let queued = slots[best].pending.take() else { return nil }
    return Task(slot: best, queued: queued, failures: 0)
  }

  /// The program has ended well, or for good.
  mutating func finished(_ task: Task) { slots[task.slot].isRunning = false }

  /// The program failed and is to be run again at that time, unless there is news in its place.
  mutating func again(_ task: Task, at time: Int64) {
    slots[task.slot].isRunning = false
    if slots[task.slot].replaces(task.queued.event) { return slots[task.slot].drop(task.queued) }
    slots[task.slot].retry = (task.queued, task.failures + 1, time)
  }

  /// When the next retry is due; nil without any.
  var nextRetry: Int64? { slots.compactMap { $0.retry?.at }.min() }

  /// Everything that was not told, the most urgent first.
  var untold: [(link: OutputLink, event: AlertEvent)] {
    var untold: [(link: OutputLink, event: AlertEvent)] = []
    for slot in slots {
      var pending = slot.pending
      if let retry = slot.retry { untold.append((slot.link, retry.queued.event)) }
      while let queued = pending.take() { untold.append((slot.link, queued.event)) }
    }
    return untold
  }

  private func isReady(_ slot: Slot, at now: Int64) -> Bool {
    guard !slot.isRunning, slot.retry != nil || !slot.pending.isEmpty else { return false }
    if let retry = slot.retry, retry.at > now { return false }
    return !slots.contains { $0.isRunning && $0.link.output == slot.link.output }
  }
}

extension ProgramSlots.Slot {
  /// The least goes first: 0 calls a person to something new, 1 reminds a person, 2 calls nobody.
  fileprivate var rank: Int {
    guard let event = retry?.queued.event ?? pending.call, event.calls else { return 2 }
    return event.reminds ? 1 : 0
  }

  /// A failed run is not tried again, and its event is left out.
  fileprivate mutating func drop(_ failed: QueuedEvent) {
    retry = nil
    pending.leaveOut(failed)
  }

  /// What waits is told in place of a failed run: anything where that run called nobody, and a new
  /// episode where it called to an older one.
  fileprivate func replaces(_ failed: AlertEvent) -> Bool {
    guard failed.calls else { return !pending.isEmpty }
    return pending.call?.begins == true && !failed.begins
  }
}
