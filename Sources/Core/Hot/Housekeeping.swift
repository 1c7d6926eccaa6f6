import Config
import SensorIO
import System

/// What the hot thread does beside the flow: counts, ages, deadlines, the sign of life.
///
/// The hot thread sends the watchdog's sign in its rounds, and only when the doorkeeper and the
/// programs' thread went round too: when one of the three hangs, systemd restarts the agent.
final class Housekeeping {
  /// Often enough for `stale_after` of a second.
  private static let intervalNanoseconds: Int64 = 200_000_000
  private static let statusNanoseconds: Int64 = 5_000_000_000
  /// A thread that has not gone round for so long hangs: longer than a program may take.
  private static let hangNanoseconds: Int64 =
    Int64(PipelineLimits.programMilliseconds) * 1_000_000 + 5_000_000_000

  private let channels: [SensorChannel]
  private let outputs: DirectOutputs
  private let reporter: Reporter
  private let notifier: ServiceNotifier
  private let status: StatusLine
  private let otherThreads: [Heartbeat]
  private var nextRound: Int64 = 0
  private var nextStatus: Int64 = 0
  private var nextSign: Int64 = 0
  private var openInputs: Int

  init(
    channels: [SensorChannel], outputs: DirectOutputs, reporter: Reporter,
    notifier: ServiceNotifier, status: StatusLine, otherThreads: [Heartbeat]
  ) {
    self.channels = channels
    self.outputs = outputs
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
  func keep(at now: Int64) {
    guard now >= nextRound else { return }
    nextRound = now + Self.intervalNanoseconds
    for channel in channels { checkAge(of: channel, at: now) }
    if now >= nextStatus {
      nextStatus = now + Self.statusNanoseconds
      notifier.status(status.text())
    }
    if let watchdog = notifier.watchdogNanoseconds, now >= nextSign {
      // A third: two signs may be lost.
      nextSign = now + watchdog / 3
      if otherThreads.allSatisfy({ now - $0.last < Self.hangNanoseconds }) {
        notifier.aliveSign()
      }
    }
  }

  func inputEnded(_ channel: SensorChannel) {
    channel.end()
    openInputs -= 1
  }

  func sawSample(of channel: SensorChannel, at arrival: Int64) {
    let gap = arrival - channel.lastArrival
    if channel.tookSample(at: arrival) {
      outputs.publishSensor(channel, .connected)
      reporter.report(.fresh(sensor: channel.index, gapNanoseconds: gap))
    }
  }

  /// After a read. Tells of the first bad frame and of every doubling of their number.
  func checkFaults(of channel: SensorChannel, _ connection: Connection) {
    guard let count = channel.takeFaultNews() else { return }
    reporter.report(
      .badFrames(
        sensor: channel.index, count: count, framing: connection.reader.faultLatest,
        decoding: channel.decoder.faultLatest))
  }

  /// - Returns: the time since arrival, where it is beyond the deadline.
  @discardableResult
  func checkDeadline(of pipeline: ScoringPipeline, arrival: Int64) -> Int64? {
    let elapsed = Clock.boot() - arrival
    guard elapsed > pipeline.settings.deadlineNanoseconds else { return nil }
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
    let limit = channel.settings.staleAfterNanoseconds
    guard limit > 0, !channel.isStale, !channel.hasEnded, now - channel.lastArrival > limit else {
      return
    }
    channel.becomeStale()
    outputs.publishSensor(channel, .stale)
    reporter.report(.stale(sensor: channel.index))
  }
}
