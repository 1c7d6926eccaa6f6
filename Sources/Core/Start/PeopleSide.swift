import Config
import System

/// All that lets people act: the control socket's thread, the alerts' files, and the ways to the
/// hot thread.
///
///     people ─▶ control thread ─▶ keeper ─▶ file       first it is written down,
///                    └─orders─▶ hot thread ─▶ outputs   then it is done
final class PeopleSide: @unchecked Sendable {
  let links: PeopleLinks
  private let heartbeat = Heartbeat()
  private let configuration: Configuration
  private let ranges: LevelRanges
  private let keeper: AlertKeeper
  /// Of each sensor, for people who record it.
  private let frames: [HistoryRing?]
  private var control: ControlThread?

  /// Reads what the last run wrote. Cold.
  ///
  /// - Parameter ranges: of the scores that the loaded models give.
  init(
    _ configuration: Configuration, ranges: LevelRanges, hotWakeup: Wakeup, outbox: OutboxQueue?,
    frames: [HistoryRing?] = []
  ) {
    self.frames = frames
    (self.configuration, self.ranges) = (configuration, ranges)
    let snapshots = AlertSnapshots(count: configuration.alerts.count)
    keeper = AlertKeeper(
      configuration, board: snapshots, keeps: { $0.fits(configuration, ranges) },
      takeAudit: { outbox?.put($0) })
    links = PeopleLinks(
      orders: ControlQueue(hotWakeup: hotWakeup), snapshots: snapshots, keeper: keeper.queue,
      standing: keeper.standing, status: SequenceLock(CoreStatus()),
      sensors: SensorSnapshots(count: configuration.sensors.count))
  }

  static func byteCount(alertCount: Int, sensorCount: Int) -> Int {
    ControlQueue.byteCount + KeeperQueue.byteCount + AlertSnapshots.byteCount(alertCount)
      + SensorSnapshots.byteCount(sensorCount)
      + SequenceLock<CoreStatus>.byteCount + ControlLimits.byteCount
  }

  /// The alerts as they stood, with the levels that people had set.
  func board(for pipelines: [ScoringPipeline]) -> AlertBoard {
    let board = AlertBoard(
      configuration, restored: keeper.restored.map { $0.state }, at: Clock.boot())
    for pipeline in pipelines { board.rebind(pipeline) }
    for (alert, saved) in zip(board.alerts, keeper.restored) {
      alert.remember(acknowledgedBy: PersonName(saved.acknowledgedBy))
    }
    for override in keeper.overrides {
      let index = configuration.conditions.firstIndex {
        $0.name.utf8.elementsEqual(override.condition.utf8)
      }
      if let index { _ = board.conditions.setLevels(index, override.levels) }
    }
    return board
  }

  /// Makes the socket.
  func listen() throws(StartError) {
    let desk = ControlDesk(
      configuration, board: links.snapshots, queue: links.orders, keeper: keeper,
      heartbeat: heartbeat, status: links.status, sensors: links.sensors!, ranges: ranges,
      frames: frames)
    do throws(SocketError) {
      control = try ControlThread(configuration.control, desk: desk, heartbeat: heartbeat)
    } catch {
      throw .controlSocket(place: configuration.control.socketPlace, error)
    }
  }

  /// - Returns: false when the system gives no thread.
  func start() -> Bool {
    let (keeper, control) = (keeper, control!)
    return Thread.start("keeper", { keeper.run() }) && Thread.start("control", { control.run() })
  }

  /// For the watchdog.
  var threads: [WatchedThread] {
    [
      WatchedThread(name: .control, heartbeat: heartbeat),
      WatchedThread(name: .keeper, heartbeat: keeper.heartbeat),
    ]
  }

  /// At the end, from the main thread.
  func finish() {
    control?.close()
    if !keeper.finish() { Log.write(.error, "stopped before the alerts' file was written") }
  }
}
