import Config
import System

/// Looks at the board itself for the conditions that ask for it: sensors, pipelines, outbox,
/// outputs and clock.
///
/// A state is told when it changes and once a second; a share once a second.
///
/// Hot: allocates nothing.
final class HealthWatch {
  private enum Source {
    case stale(SensorChannel)
    /// Nil: its model was refused, or it waits for its first one. The index is among the
    /// configuration's pipelines; -1 of one that is not there.
    case disabled(index: Int, ScoringPipeline?)
    case store, clock
    case output(Int)
    case refused(SensorChannel, Int)
    case rate(SensorChannel, Int)
    case late(index: Int, ScoringPipeline?, Int)
    /// A sensor that is not there, as in a replay.
    case none
  }

  private struct Watch {
    let condition: Int
    var source: Source
    var told: Bool?
    /// At the last look its sensor was silent.
    var wasSilent = false
  }

  static let intervalNanoseconds: Int64 = 1_000_000_000

  private let board: AlertBoard
  private let outputs: OutputHealth
  private let losses: LossSign
  private let isClockTrusted: () -> Bool
  private var watches: [Watch] = []
  private var windows: [ShareWindow] = []
  private var nextFull: Int64 = 0

  init(
    _ configuration: Configuration, board: AlertBoard, channels: [SensorChannel],
    pipelines: [ScoringPipeline], outputs: OutputHealth, losses: LossSign,
    isClockTrusted: @escaping () -> Bool = { Clock.plausible(Clock.wall()) != nil },
    at now: Int64
  ) {
    self.isClockTrusted = isClockTrusted
    (self.board, self.outputs, self.losses) = (board, outputs, losses)
    watches.reserveCapacity(configuration.conditions.count(where: Self.looks(at:)))
    windows.reserveCapacity(configuration.conditions.count(where: Self.measures))
    func channel(_ name: String) -> SensorChannel? { channels.first { $0.settings.name == name } }
    func pipeline(_ name: String) -> ScoringPipeline? {
      pipelines.first { $0.settings.name == name }
    }
    for (index, condition) in configuration.conditions.enumerated() {
      var source: Source
      switch condition.test {
      case .health(.stale(let name)): source = channel(name).map { .stale($0) } ?? .none
      case .health(.disabled(let name)):
        source = .disabled(
          index: configuration.pipelineIndex(named: name) ?? -1, pipeline(name))
      case .health(.store): source = .store
      case .health(.clock): source = .clock
      case .health(.output(let name)):
        source = configuration.outputs.firstIndex { $0.name == name }.map { .output($0) } ?? .none
      case .level(.share(let share, let over), _):
        let window = windows.count
        switch share {
        case .refused(let name): source = channel(name).map { .refused($0, window) } ?? .none
        case .rate(let name): source = channel(name).map { .rate($0, window) } ?? .none
        case .late(let name):
          source = .late(
            index: configuration.pipelineIndex(named: name) ?? -1, pipeline(name), window)
        }
        windows.append(ShareWindow(over: over, part: 0, whole: 0, at: now))
      case .health(.stuck), .level, .combination: continue
      }
      watches.append(Watch(condition: index, source: source))
    }
  }

  /// Hot: a pipeline that waited for its first model scores from now on.
  func begin(_ pipeline: ScoringPipeline) {
    for watch in watches.indices {
      switch watches[watch].source {
      case .disabled(pipeline.index, nil):
        watches[watch].source = .disabled(index: pipeline.index, pipeline)
      case .late(pipeline.index, nil, let window):
        watches[watch].source = .late(index: pipeline.index, pipeline, window)
      default: continue
      }
    }
  }

  static func byteCount(_ conditions: [ConditionSettings]) -> Int {
    conditions.count(where: looks(at:)) * MemoryLayout<Watch>.stride
      + conditions.count(where: measures) * MemoryLayout<ShareWindow>.stride
  }

  /// Whether the condition is about the board itself.
  private static func looks(at condition: ConditionSettings) -> Bool {
    switch condition.test {
    case .health(.stuck), .combination: false
    case .health: true
    case .level: measures(condition)
    }
  }

  /// Whether the condition is on a share over a time.
  private static func measures(_ condition: ConditionSettings) -> Bool {
    if case .level(.share, _) = condition.test { true } else { false }
  }

  /// Hot: a few times a second.
  func look(at now: Int64, _ announce: AlertBoard.Announce) {
    let isFull = now >= nextFull
    if isFull { nextFull = now + Self.intervalNanoseconds }
    for index in watches.indices {
      switch watches[index].source {
      case .stale(let channel):
        // A sensor that has brought nothing yet is not alive: an alert that stood goes on standing.
        let isOver = channel.isStale || channel.hasEnded
        let isSo: Bool? = isOver ? true : channel.sampleCount == 0 ? nil : false
        tell(index, isSo, isFull, at: now, announce)
      case .disabled(_, let pipeline):
        tell(index, pipeline.map { $0.isBlind } ?? true, isFull, at: now, announce)
      case .store: tell(index, losses.isSet(at: now), isFull, at: now, announce)
      case .clock: tell(index, !isClockTrusted(), isFull, at: now, announce)
      case .output(let output): tell(index, outputs.isFailing(output), isFull, at: now, announce)
      case .refused(let channel, let window):
        guard isFull else { continue }
        let refused = channel.refusedCount
        share(index, window, part: refused, whole: channel.sampleCount + refused, now, announce)
      case .rate(let channel, let window):
        noteSilence(index, window, channel, at: now)
        if isFull { rate(index, window, channel, now, announce) }
      case .late(_, let pipeline, let window):
        guard isFull, let pipeline else { continue }
        share(
          index, window, part: pipeline.lateCount, whole: pipeline.dueCount, now, announce)
      case .none: continue
      }
    }
  }

  private func tell(
    _ index: Int, _ isSo: Bool?, _ isFull: Bool, at now: Int64, _ announce: AlertBoard.Announce
  ) {
    guard isFull || watches[index].told != isSo else { return }
    watches[index].told = isSo
    board.health(watches[index].condition, isSo, at: now, announce)
  }

  private func share(
    _ index: Int, _ window: Int, part: Int64, whole: Int64, _ now: Int64,
    _ announce: AlertBoard.Announce
  ) {
    windows[window].count(part: part, whole: whole, at: now)
    let sums = windows[window].sums(at: now)
    let isKnown = sums.whole > 0 && windows[window].isFilled(at: now)
    let share = isKnown ? Float(Double(sums.part) / Double(sums.whole)) : nil
    board.share(watches[index].condition, share, at: now, announce)
  }

  /// A silent sensor is another condition. Its rate is measured anew from when it speaks again: a
  /// pause in the window would count as a departure.
  private func noteSilence(
    _ index: Int, _ window: Int, _ channel: SensorChannel, at now: Int64
  ) {
    let isSilent = channel.isStale
    if isSilent || watches[index].wasSilent {
      windows[window].restart(part: channel.sampleCount, whole: channel.sampleCount, at: now)
    }
    watches[index].wasSilent = isSilent
  }

  private func rate(
    _ index: Int, _ window: Int, _ channel: SensorChannel, _ now: Int64,
    _ announce: AlertBoard.Announce
  ) {
    windows[window].count(part: channel.sampleCount, whole: channel.sampleCount, at: now)
    var departure: Float?
    // Files come as fast as they are read.
    if windows[window].isFilled(at: now), !channel.hasEnded {
      let seconds = Double(windows[window].covered(at: now)) / 1e9
      let declared = channel.settings.rateHertz
      let measured = Double(windows[window].sums(at: now).part) / seconds
      departure = Float((measured - declared).magnitude / declared)
    }
    board.share(watches[index].condition, departure, at: now, announce)
  }
}
