import Config
import SensorIO
import System

/// What the hot thread does beside the flow: counts, ages, deadlines, the sign of life.
///
/// The hot thread sends the watchdog's sign in its rounds, and only when every vital thread went
/// round too (`WatchedThread`): when one of them hangs, systemd restarts the agent. When another
/// thread hangs, the log says so.
final class Housekeeping {
  /// Often enough for `stale_after` of a second.
  static let intervalNanoseconds: Int64 = 200_000_000
  private static let statusNanoseconds: Int64 = 5_000_000_000
  private let channels: [SensorChannel]
  private let outputs: DirectOutputs
  private let board: AlertBoard
  private let reporter: Reporter
  private let notifier: ServiceNotifier
  private let status: StatusLine
  private let otherThreads: [WatchedThread]
  /// Bit n: the log was told that thread n hangs.
  private var threadsTold: UInt64 = 0
  private var nextRound: Int64 = 0
  private var nextStatus: Int64 = 0
  private var nextSign: Int64 = 0
  private var openInputs: Int

  init(
    channels: [SensorChannel], outputs: DirectOutputs, board: AlertBoard, reporter: Reporter,
    notifier: ServiceNotifier, status: StatusLine, otherThreads: [WatchedThread]
  ) {
    self.channels = channels
    self.outputs = outputs
    self.board = board
    self.reporter = reporter
    self.notifier = notifier
    self.status = status
    self.otherThreads = otherThreads
    openInputs = channels.count
  }

  /// Every sensor was a file or standard input and has been read to its end.
  var hasEveryInputEnded: Bool { openInputs == 0 }

  func pauseMilliseconds(at now: Int64) -> Int32 {
    Int32(max(0, nextRound - now) / 1_000_000) + 1
  }

  /// Once a round of the poller; does something every 200 ms.
  ///
  /// - Returns: whether it did.
  @discardableResult
  func keep(at now: Int64) -> Bool {
    guard now >= nextRound else { return false }
    nextRound = now + Self.intervalNanoseconds
    for channel in channels {
      checkAge(of: channel, at: now)
      outputs.storeState(of: channel, at: now)
    }
    if now >= nextStatus {
      nextStatus = now + Self.statusNanoseconds
      notifier.status(status.text())
    }
    let areVitalAlive = lookAtThreads(at: now)
    if let watchdog = notifier.watchdogNanoseconds, now >= nextSign {
      // A third: two signs may be lost.
      nextSign = now + watchdog / 3
      if areVitalAlive { notifier.aliveSign() }
    }
    return true
  }

  /// Tells of each thread that hangs, once.
  ///
  /// - Returns: whether every vital one went round.
  private func lookAtThreads(at now: Int64) -> Bool {
    var areVitalAlive = true
    for index in otherThreads.indices {
      let (thread, bit) = (otherThreads[index], UInt64(1) << UInt64(index & 63))
      guard now - thread.heartbeat.last >= thread.limitNanoseconds else {
        threadsTold &= ~bit
        continue
      }
      if thread.isVital { areVitalAlive = false }
      if threadsTold & bit == 0 { reporter.report(.threadHangs(thread.name)) }
      threadsTold |= bit
    }
    return areVitalAlive
  }

  func inputEnded(_ channel: SensorChannel) {
    channel.end()
    openInputs -= 1
  }

  /// A good sample is the only sign of life: a connection alone says nothing of the sensor behind
  /// it.
  func sawSample(of channel: SensorChannel, at arrival: Int64, taken now: Int64) {
    let gap = arrival - channel.lastArrival
    if channel.tookSample(at: arrival, taken: now) {
      reporter.report(.fresh(sensor: channel.index, gapNanoseconds: gap))
    }
    change(channel, to: .connected)
  }

  /// The sensor's last connection ended. That is news only of a sensor that had brought something.
  func lost(_ channel: SensorChannel) {
    if channel.state != nil { change(channel, to: .lost) }
  }

  func change(_ channel: SensorChannel, to state: SensorState) {
    if channel.change(to: state) { outputs.publishSensor(channel, state) }
  }

  /// Whether the sensor may send one more frame now. Tells of the first one that is refused and of
  /// every doubling of their number.
  func admitsFrame(of channel: SensorChannel, at now: Int64) -> Bool {
    if channel.admitsFrame(at: now) { return true }
    if channel.overRateCount.isPowerOfTwo {
      reporter.report(.overRate(sensor: channel.index, count: channel.overRateCount))
    }
    return false
  }

  /// The wire is not read for a while. Tells of the first time and of every doubling.
  func paused(_ wire: Wire) {
    wire.paused()
    if wire.pauseCount.isPowerOfTwo {
      reporter.report(.paused(wire: wire.index, count: wire.pauseCount))
    }
  }

  /// After a turn. Tells of the first bad frame and of every doubling of their number.
  func checkFaults(of channel: SensorChannel, _ connection: Connection) {
    if let news = channel.takeFieldNews() {
      reporter.report(
        .fieldFault(
          sensor: channel.index, field: news.field, kind: news.kind, count: news.count))
    }
    guard let count = channel.takeFaultNews() else { return }
    reporter.report(
      .badFrames(
        sensor: channel.index, count: count, framing: connection.reader.faultLatest,
        decoding: channel.decoder?.faultLatest, bytes: channel.faultBytes))
    channel.forgetFault()
  }

  /// Whether the window that is due is left out, because it is late already and something newer
  /// waits behind it. Tells of the first one and of every doubling of their number.
  func leavesOut(
    _ pipeline: ScoringPipeline, _ channel: SensorChannel, arrival: Int64
  ) -> Bool {
    let now = Clock.boot()
    guard channel.isLive, pipeline.leavesOut(waited: now - arrival, at: now) else { return false }
    if pipeline.skippedCount.isPowerOfTwo {
      reporter.report(
        .skipped(
          pipeline: pipeline.index, count: pipeline.skippedCount, nanoseconds: now - arrival))
    }
    return true
  }

  /// - Parameter isScored: false for a window that was left out, which has been told as such.
  /// - Returns: the time since arrival, where it is beyond the deadline.
  @discardableResult
  func checkDeadline(
    of pipeline: ScoringPipeline, arrival: Int64, isScored: Bool = true
  ) -> Int64? {
    let elapsed = Clock.boot() - arrival
    guard elapsed > pipeline.settings.deadlineNanoseconds else { return nil }
    guard isScored else { return elapsed }
    pipeline.overran()
    if pipeline.overrunCount.isPowerOfTwo {
      reporter.report(
        .overrun(
          pipeline: pipeline.index, count: pipeline.overrunCount, nanoseconds: elapsed))
    }
    return elapsed
  }

  /// A silent sensor is as bad as one that is gone: its half window is worth nothing when the next
  /// sample comes.
  private func checkAge(of channel: SensorChannel, at now: Int64) {
    guard channel.growsStale(at: now) else { return }
    channel.becomeStale()
    if let pause = channel.gaps.becomeStale() {
      channel.tookGap(pause)
      outputs.publishGap(channel, pause, after: channel.sampleCount - 1, at: now)
      reporter.report(.gap(sensor: channel.index, nanoseconds: pause))
    }
    board.gap(sensor: channel.index)
    change(channel, to: .stale)
    let isSilent = now - channel.lastArrival > channel.settings.staleAfterNanoseconds
    reporter.report(isSilent ? .stale(sensor: channel.index) : .blind(sensor: channel.index))
  }
}
