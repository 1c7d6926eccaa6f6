/// What the agent did since its start, in numbers: the one place that adds them up, for every
/// status and for the last line of the log.
struct AgentTotals: BitwiseCopyable {
  var sensors = 0
  /// Sensors that bring good samples. A connection alone says nothing of the sensor behind it.
  var live = 0
  var samples: Int64 = 0
  var badFrames: Int64 = 0
  var overRate: Int64 = 0
  var windows: Int64 = 0
  var late: Int64 = 0
  var skipped: Int64 = 0
  /// Bit n: the configuration's pipeline n waits for its first model.
  var waiting: UInt32 = 0
  var standing = 0
  var raised: Int64 = 0
  /// From arrival to outputs, in nanoseconds.
  var latencyP99: Int64 = 0

  init() {}

  /// Hot. It knows no times.
  init(_ channels: [SensorChannel], _ board: AlertBoard) {
    for channel in channels { add(channel) }
    (standing, raised) = (board.standingCount, board.raiseCount)
  }

  private mutating func add(_ channel: SensorChannel) {
    sensors += 1
    if channel.state == .connected { live += 1 }
    samples += channel.sampleCount
    badFrames += channel.faultCount
    overRate += channel.overRateCount
    waiting |= channel.waiting
    for pipeline in channel.pipelines {
      windows += pipeline.windowCount
      late += pipeline.overrunCount
      skipped += pipeline.skippedCount
    }
  }
}
