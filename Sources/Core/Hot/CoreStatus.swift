/// What the hot thread did since the start, in numbers, for `edgeagent status`: it writes them once
/// a second through a sequence lock.
struct CoreStatus: BitwiseCopyable, Sendable {
  /// Times of one stage, in nanoseconds.
  struct Stage: BitwiseCopyable, Sendable {
    var count: Int64 = 0
    var p50: Int64 = 0
    var p99: Int64 = 0
    var p999: Int64 = 0
    var max: Int64 = 0

    init() {}

    init(_ times: DurationHistogram) {
      (count, max) = (times.count, times.max)
      p50 = times.permille(500)
      p99 = times.permille(990)
      p999 = times.permille(999)
    }
  }

  var totals = AgentTotals()
  var wait = Stage()
  var decode = Stage()
  var score = Stage()
  var outputs = Stage()
  var whole = Stage()

  init() {}

  /// Hot.
  init(_ totals: AgentTotals, _ stages: StageTimes) {
    self.totals = totals
    wait = Stage(stages.wait)
    decode = Stage(stages.decode)
    score = Stage(stages.score)
    outputs = Stage(stages.outputs)
    whole = Stage(stages.whole)
  }

  /// In the order of the flow.
  var stages: [(name: StaticString, stage: Stage)] {
    [
      ("wait", wait), ("decode", decode), ("score", score), ("outputs", outputs),
      ("whole", whole),
    ]
  }
}
