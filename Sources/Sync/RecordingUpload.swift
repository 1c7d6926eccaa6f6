import CPlatform
import Config
import Store
import System
import Text

/// Sends the recordings of alerts, the oldest first, behind every record and within a day's bytes.
///
/// No record waits for a recording, and none of its troubles is one of the lane: what the server
/// does not take, and what is over the budget, is passed over and counted. It stays in the outbox,
/// where `alerts recording` finds it.
final class RecordingUpload {
  /// What the log's lines begin with.
  private static let subject = "recordings"
  private static let overBudget = "recordings over the budget"

  private let context: SyncContext
  /// A recording is on its way to the server.
  private(set) var isUnderWay = false
  /// False when the last run left recordings that another one may send.
  private(set) var isComplete = true
  /// After trouble that may pass, no recording goes before: CLOCK_BOOTTIME. A new process, as a
  /// person starts it, tries at once.
  private var restsUntil: Int64 = 0

  init(_ context: SyncContext) { self.context = context }

  /// Of a day with `bytes_per_day`, recordings take a quarter at most: records need the rest.
  private var bytesPerDay: Int64 {
    let settings = context.settings
    return min(settings.recordingBytesPerDay, (settings.budget.bytesPerDay ?? .max) / 4)
  }

  /// What a round for recordings alone would take. It begins no attempt where these are counted:
  /// there recordings go along with records.
  @export(interface)
  func task(_ drain: any OutboxDrain) -> SyncTask {
    guard bytesPerDay > 0 else { return .nothing }
    context.state.recordings.follow(drain.epoch)
    let next = try? drain.recordingBytes(after: context.state.recordings.after)
    guard let bytes = next ?? nil else { return .nothing }
    guard fits(bytes) else { return .local }
    let isRide = context.settings.budget.attemptsPerDay != nil
    return isRide || isHeld ? .nothing : .overTheLink
  }

  /// - Parameters:
  ///   - uplink: nil to pass over what is over the budget, and send nothing.
  ///   - sendRecords: sends the records that wait; called before each recording.
  /// - Throws: what `sendRecords` throws, and faults of the outbox.
  @export(interface)
  func run(
    _ drain: any OutboxDrain, through uplink: (any Uplink)?,
    sendRecords: () throws(SyncError) -> Void
  ) throws(SyncError) {
    isComplete = true
    guard bytesPerDay > 0 else { return }
    context.state.recordings.follow(drain.epoch)
    while let recording = try next(drain) {
      guard fits(recording.bytes.count) else {
        passOver(recording)
        continue
      }
      guard let uplink, !isHeld else { return }
      try sendRecords()
      guard deliver(recording, through: uplink, epoch: drain.epoch) else {
        isComplete = false
        return
      }
    }
  }

  private func next(_ drain: any OutboxDrain) throws(SyncError) -> StoredRecording? {
    do throws(OutboxError) {
      return try drain.recording(after: context.state.recordings.after)
    } catch {
      throw .store(path: drain.path, error)
    }
  }

  // MARK: the budget

  private var left: Int64 {
    let now = RecordingBudget.Moment(
      seconds: context.now, boot: Clock.bootIdentifier(), at: Clock.boot())
    return context.state.recordings.budget.left(of: bytesPerDay, at: now)
  }

  private func fits(_ bytes: Int) -> Bool { Self.cost(bytes) <= left }

  private static func cost(_ bytes: Int) -> Int64 {
    Int64(bytes) + SyncLimits.recordingOverheadBytes
  }

  private func passOver(_ recording: StoredRecording) {
    context.state.recordings.pass(recording.sequence, .overBudget)
    context.complain(
      of: Self.overBudget,
      [
        "what is beyond \(Decimal.grouped(Int(bytesPerDay))) bytes a day is not sent; it stays in the "
          + "outbox, and `edgeagent sync --status` counts it"
      ])
  }

  // MARK: one recording

  /// - Returns: whether the next one may follow.
  private func deliver(
    _ recording: StoredRecording, through uplink: any Uplink, epoch: String
  ) -> Bool {
    let (allowance, reserved) = (left, Self.cost(recording.bytes.count))
    context.state.recordings.budget.reserve(reserved)
    // A process that ends now and begins anew has spent this already.
    do throws(SyncError) {
      try context.state.save()
    } catch {
      context.state.recordings.budget.settle(reserved: reserved, spent: 0)
      return complain(["none is sent while sync cannot keep count: " + (error.lines.first ?? "")])
    }
    // The outbox and the state file needed other code.
    cp_drop_code_pages()
    context.meter.allowance = allowance
    isUnderWay = true
    var failure: SyncError?
    do throws(SyncError) {
      try uplink.send(recording, epoch: epoch)
    } catch {
      failure = error
    }
    isUnderWay = false
    let spent = allowance - context.meter.allowance
    context.meter.allowance = .max
    context.state.recordings.budget.settle(reserved: reserved, spent: spent)
    guard let failure else {
      context.state.recordings.pass(recording.sequence, .sent)
      context.complain(of: Self.subject, [])
      context.complain(of: Self.overBudget, [])
      return true
    }
    return judge(failure, of: recording, isWhole: spent >= recording.bytes.count)
  }

  private func judge(
    _ failure: SyncError, of recording: StoredRecording, isWhole: Bool
  ) -> Bool {
    switch failure.httpFailure?.fault {
    case .cancelled?: return false
    case .budgetSpent?:
      // The day's bytes for everything, or those for recordings.
      guard context.meter.bytesLeft > 0 else { return false }
      passOver(recording)
      return true
    default: break
    }
    if failure.refusesRecordings {
      context.state.recordings.pass(recording.sequence, .refused)
      _ = complain(["the server takes none like this: " + (failure.lines.first ?? "")])
      return true
    }
    if let seconds = failure.retryAfter {
      context.state.recordings.heldBoot = Clock.bootIdentifier()
      context.state.recordings.heldUntil = Clock.boot() + seconds * 1_000_000_000
    }
    if isWhole { context.state.recordings.tries += 1 }
    guard context.state.recordings.tries < SyncLimits.recordingTriesMax else {
      context.state.recordings.pass(recording.sequence, .refused)
      return complain([
        "one is given up after \(SyncLimits.recordingTriesMax) tries: "
          + (failure.lines.first ?? "")
      ])
    }
    rest()
    return complain([failure.lines.first ?? ""])
  }

  /// An alert begins a round at once, however short ago the last one was: that is no reason to try
  /// a recording again. Half an interval lets the next round of the schedule try it.
  private func rest() {
    let tries = min(context.state.recordings.tries, SyncLimits.recordingTriesMax)
    let doubled = Int64(1) << max(0, tries - 1)
    restsUntil = Clock.boot() + context.settings.intervalNanoseconds / 2 * doubled
  }

  /// - Returns: false.
  private func complain(_ lines: [String]) -> Bool {
    context.complain(of: Self.subject, lines)
    return false
  }

  private var isHeld: Bool {
    let (state, now) = (context.state.recordings, Clock.boot())
    if now < restsUntil { return true }
    // No server's word reaches farther than a day.
    let until = min(state.heldUntil, now + RetryAfter.secondsMax * 1_000_000_000)
    return now < until && state.heldBoot.utf8.elementsEqual(Clock.bootIdentifier().utf8)
  }
}

extension SyncError {
  /// The server will take this recording at no time: it is too large or of no use there, or the
  /// server keeps no such files.
  fileprivate var refusesRecordings: Bool {
    switch self {
    case .status(let failure):
      failure.retryAfter == nil
        && [400, 405, 406, 409, 410, 413, 414, 415, 422, 431, 501].contains(failure.status)
    case .answer, .mlflow(_, .artifactScheme): true
    default: false
    }
  }
}
