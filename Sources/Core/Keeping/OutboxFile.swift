import Config
import Store
import System

/// The outbox as its thread has it: open, or to be opened again after a fault of the disk. It
/// notices when somebody takes the file away.
final class OutboxFile {
  /// What people have to know.
  enum News {
    /// The content is no outbox's. The file is kept as `name`.
    case quarantined(name: String, OutboxError)
    /// Another file is at the path, or none. What waited in the old one is lost.
    case replaced(LossCount)
    /// A record's body is not what the agent wrote. It is set aside.
    case damaged(Int64)
  }

  let path: String
  private let settings: StoreSettings
  private var outbox: Outbox?
  /// Of that outbox, for the door.
  private var drain: FileDrain?
  private var scrub: OutboxScrub?
  private var identity: FileIdentity?
  private var nextLook: Int64 = 0
  private var nextForgetting: Int64 = 0
  private var lastError = OutboxError.empty
  private(set) var failureCount: Int64 = 0
  /// The disk is not tried before.
  private(set) var retryAt: Int64 = 0
  private var retryPause = KeepingLimits.retryNanoseconds.lowerBound
  private(set) var news: [News] = []

  init(_ settings: StoreSettings) {
    (self.settings, path) = (settings, settings.path)
  }

  var bytesMax: Int { settings.bytesMax }

  func takeNews() -> [News] {
    defer { news = [] }
    return news
  }

  /// - Parameter isNew: gets an outbox that was not open before.
  func opened(_ isNew: (Outbox) -> Void) throws(OutboxError) -> Outbox {
    if let outbox { return outbox }
    let opened = try Quarantine.open(
      path, bytesMax: bytesMax, boot: Clock.bootIdentifier(), keepSeconds: settings.keepSeconds)
    if let (name, reason) = opened.quarantined { news.append(.quarantined(name: name, reason)) }
    isNew(opened.outbox)
    identity = try? FileIdentity(path: path)
    outbox = opened.outbox
    scrub = OutboxScrub(opened.outbox)
    return opened.outbox
  }

  /// What the reserve may have: its own room, and half of what the outbox has not filled. The other
  /// half is for what the outbox adds as it takes the reserve over.
  var reserveBytesMax: Int {
    let free = bytesMax - OutboxLimits.logBytesMax(of: bytesMax) - Files.bytes(of: path)
    return max(OutboxLimits.reserveBytes(of: bytesMax), free / 2)
  }

  func close() { (scrub, drain, outbox) = (nil, nil, nil) }

  func wentWell() {
    if failureCount > 0 { Log.write(.notice, "outbox \(path): writing again") }
    (failureCount, retryPause) = (0, KeepingLimits.retryNanoseconds.lowerBound)
  }

  func failed(_ error: OutboxError) {
    lastError = error
    if !error.isPassing { close() }
    if error.isOfTheFile, let name = try? Quarantine.quarantine(path) {
      retryAt = Clock.boot() + KeepingLimits.retryNanoseconds.lowerBound
      return news.append(.quarantined(name: name, error))
    }
    failureCount += 1
    if failureCount.isPowerOfTwo {
      let times = failureCount == 1 ? "" : " (\(failureCount) times)"
      Log.write(.error, "outbox \(path): \(error.message)\(times); alerts go on")
    }
    retryAt = Clock.boot() + retryPause
    retryPause = min(2 * retryPause, KeepingLimits.retryNanoseconds.upperBound)
  }

  // MARK: what is asked at the door

  /// One step of work. A request that finds the file damaged is as good as any other way to find
  /// that out.
  func answer(_ request: DoorRequest, _ isNew: (Outbox) -> Void) -> DoorAnswer {
    guard Clock.boot() >= retryAt else { return .failed(lastError) }
    do throws(OutboxError) {
      let answer = DoorDesk.answer(request, from: try drained(opened(isNew)))
      if case .failed(let error) = answer, error.isOfTheFile { failed(error) }
      return answer
    } catch {
      failed(error)
      return .failed(error)
    }
  }

  private func drained(_ outbox: Outbox) throws(OutboxError) -> FileDrain {
    if let drain { return drain }
    let made = try FileDrain(of: outbox)
    drain = made
    return made
  }

  // MARK: what happens to it

  /// Once a second: whether the file is still there, and some of its pages. Once a minute: what was
  /// kept for long enough.
  func look(at now: Int64) {
    guard now >= nextLook, let outbox else { return }
    nextLook = now + KeepingLimits.outboxLookNanoseconds
    if outbox.isInPlace(identity) {
      forget(outbox, at: now)
      read(outbox, at: now)
    } else {
      let lost = (try? outbox.waiting()) ?? LossCount()
      close()
      news.append(.replaced(lost))
    }
  }

  private func read(_ outbox: Outbox, at now: Int64) {
    guard let scrub, now >= retryAt else { return }
    do throws(OutboxError) {
      for sequence in try scrub.step(until: now + KeepingLimits.scrubNanoseconds) {
        let reason = "its body is not what the agent wrote: the disk did this, or a program"
        try drained(outbox).setAside(sequence, reason: reason)
        news.append(.damaged(sequence))
      }
    } catch {
      failed(error)
    }
  }

  private func forget(_ outbox: Outbox, at now: Int64) {
    guard settings.keepSeconds > 0, now >= nextForgetting else { return }
    nextForgetting = now + KeepingLimits.forgettingNanoseconds
    // Without a clock nobody knows how old anything is.
    guard let wall = Clock.plausible(Clock.wall()), now >= retryAt else { return }
    do throws(OutboxError) {
      let before = wall / 1_000_000_000 - settings.keepSeconds
      // The rest goes with the next looks, so that an alert does not wait for it.
      if try outbox.forgetSent(before: before) { nextForgetting = 0 }
    } catch {
      failed(error)
    }
  }
}
