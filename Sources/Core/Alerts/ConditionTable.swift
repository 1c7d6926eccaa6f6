import Config
import SensorIO

/// All conditions of a configuration, and what is known of each. The hot thread brings samples,
/// scores, shares and states of the board; each call answers which conditions got a new reading, so
/// that every alert is judged once for each.
///
///     sample ──▶ fields, statistics, stuck ─┐
///     score  ──▶ labels ────────────────────┼─▶ combinations of these ──▶ the list of new readings
///     share, health ────────────────────────┤
///     tick   ──▶ inputs that are too old ───┘
///
/// One sample or score is one reading of each condition that it reaches. A combination gets a
/// reading whenever one of its operands does. Operands are earlier conditions only, so that one
/// pass in the order of the configuration is enough.
///
/// An input that is too old is an unknown reading; it is one more after each further age limit. So
/// a sensor that is silent has its votes too, which counts with `unknown = "raise"`.
///
/// Hot, but for `init`: allocates nothing. A call costs O(conditions that it
/// reaches), and O(64) for each statistic among them; `tick` costs O(conditions).
final class ConditionTable {
  /// Ascending indices among the configuration's conditions; valid until the next call.
  typealias News = UnsafeBufferPointer<Int>

  private enum Kind: BitwiseCopyable {
    case field, derived, stuck, score, share, health, all, any
  }

  /// A condition without words.
  private struct Entry {
    var kind: Kind
    /// Index among sensors for field, derived and stuck, and for a score the sensor of its
    /// pipeline; -1: there is none.
    var sensor = -1
    /// Index among fields, or among the labels of the version that scores; -1: it has no such
    /// label.
    var column = -1
    /// Index in `statistics` or `detectors`.
    var helper = -1
    var judge: LevelJudge?
    var operands: [ConditionOperand] = []
    /// 0: it never grows too old.
    var ageMax: Int64 = 0
    /// Its age counts from the sensor's last sample; else from its own last input.
    var agesWithSensor = false
    var inputTime: Int64
    /// When it was last found too old.
    var agedTime: Int64
  }

  private var entries: [Entry] = []
  private var states: [ConditionState]
  private var statistics: [SlidingStatistic] = []
  private var detectors: [StuckDetector] = []
  private var sampleTimes: [Int64]
  /// For each sensor, pipeline and condition: what a new input reaches, combinations included.
  private var reachedBySensor: [[Int]]
  private var reachedByPipeline: [[Int]]
  private var reachedByCondition: [[Int]] = []
  /// For each pipeline its conditions on scores.
  private var scoreConditions: [[Int]]

  private let news: UnsafeMutablePointer<Int>
  private var newsCount = 0
  private let isNews: UnsafeMutablePointer<Bool>

  /// Every label is unknown until `rebind`. A condition whose sensor or pipeline is not there, as
  /// in a replay of another sensor, never gets a value: it stays unknown.
  ///
  /// - Parameter time: ages count from here for what has never come.
  init(
    _ conditions: [ConditionSettings], sensors: [SensorSettings], pipelines: [PipelineSettings],
    at time: Int64
  ) {
    states = Array(repeating: ConditionState(), count: conditions.count)
    sampleTimes = Array(repeating: time, count: sensors.count)
    news = .allocate(capacity: max(conditions.count, 1))
    news.initialize(repeating: 0, count: max(conditions.count, 1))
    isNews = .allocate(capacity: max(conditions.count, 1))
    isNews.initialize(repeating: false, count: max(conditions.count, 1))
    var bySensor = Array(repeating: [Int](), count: sensors.count)
    var byPipeline = Array(repeating: [Int](), count: pipelines.count)

    func feed(_ index: Int, _ entry: inout Entry, from sensor: String, _ field: String) {
      guard let place = sensors.firstIndex(where: { $0.name == sensor }),
        let column = sensors[place].fields.firstIndex(where: { $0.name == field })
      else { return }
      (entry.sensor, entry.column) = (place, column)
      bySensor[place].append(index)
    }

    for (index, condition) in conditions.enumerated() {
      var entry = Entry(kind: .health, inputTime: time, agedTime: time)
      switch condition.test {
      case .level(let source, let levels):
        entry.judge = LevelJudge(levels)
        switch source {
        case .field(let sensor, let field):
          entry.kind = .field
          feed(index, &entry, from: sensor, field)
        case .derived(let sensor, let field, let statistic, let over):
          (entry.kind, entry.helper) = (.derived, statistics.count)
          statistics.append(SlidingStatistic(statistic, over: over))
          feed(index, &entry, from: sensor, field)
        case .score(let pipeline, label: _):
          entry.kind = .score
          if let number = pipelines.firstIndex(where: { $0.name == pipeline }) {
            entry.sensor = sensors.firstIndex { $0.name == pipelines[number].sensor } ?? -1
            byPipeline[number].append(index)
          }
        case .share: entry.kind = .share
        }
      case .health(.stuck(let sensor, let field, let over, let deadBand)):
        (entry.kind, entry.helper) = (.stuck, detectors.count)
        detectors.append(StuckDetector(over: over, deadBand: Float(deadBand)))
        feed(index, &entry, from: sensor, field)
      case .health: break
      case .combination(let combination, let operands):
        precondition(operands.allSatisfy { 0..<index ~= $0.condition })
        entry.kind = combination == .all ? .all : .any
        entry.operands = operands
      }
      switch entry.kind {
      case .all, .any: break
      case .field, .derived, .stuck, .score, .share, .health:
        if let ageMax = condition.ageNanosecondsMax {
          entry.ageMax = ageMax
        } else if entry.sensor >= 0 {
          entry.ageMax = sensors[entry.sensor].staleAfterNanoseconds
          entry.agesWithSensor = true
        }
      }
      entries.append(entry)
    }

    scoreConditions = byPipeline
    (reachedBySensor, reachedByPipeline) = ([], [])
    reachedBySensor = bySensor.map(withCombinations)
    reachedByPipeline = byPipeline.map(withCombinations)
    reachedByCondition = conditions.indices.map { withCombinations([$0]) }
  }

  deinit {
    news.deallocate()
    isNews.deallocate()
  }

  /// The conditions, and all combinations that depend on them; ascending.
  private func withCombinations(_ roots: [Int]) -> [Int] {
    var reached = roots
    for index in entries.indices
    where entries[index].operands.contains(where: { reached.contains($0.condition) }) {
      reached.append(index)
    }
    return reached.sorted()
  }

  /// What a table allocates for these conditions beside a few hundred bytes for each.
  static func byteCount(_ conditions: [ConditionSettings]) -> Int {
    let entryBytes = MemoryLayout<Entry>.stride + MemoryLayout<ConditionState>.stride
    var count = conditions.count * entryBytes
    for condition in conditions {
      if case .level(.derived, _) = condition.test { count += SlidingStatistic.byteCount }
    }
    return count
  }

  subscript(index: Int) -> ConditionState { states[index] }

  // MARK: inputs

  /// One sample of a sensor: a value for each of its fields.
  func sample(sensor: Int, values: UnsafeBufferPointer<Float>, at time: Int64) -> News {
    newsCount = 0
    sampleTimes[sensor] = time
    let reached = reachedBySensor[sensor]
    for index in reached { evaluate(index, values, at: time) }
    return newest
  }

  /// The scores of one window: a value for each label.
  func score(pipeline: Int, values: UnsafeBufferPointer<Float>, at time: Int64) -> News {
    newsCount = 0
    let reached = reachedByPipeline[pipeline]
    for index in reached { evaluate(index, values, at: time) }
    return newest
  }

  /// A share for a condition that has such a source; nil where it cannot be said.
  func share(_ index: Int, _ share: Float?, at time: Int64) -> News {
    newsCount = 0
    take(index, share ?? .nan, at: time)
    combine(above: index)
    return newest
  }

  /// A state of the board for a condition that has such a source; nil where it cannot be said.
  func health(_ index: Int, _ isSo: Bool?, at time: Int64) -> News {
    newsCount = 0
    take(index, isSo, at: time)
    combine(above: index)
    return newest
  }

  /// Finds inputs that have grown too old.
  func tick(at time: Int64) -> News {
    newsCount = 0
    for index in entries.indices {
      isNews[index] = false
      switch entries[index].kind {
      case .all, .any:
        if hasNewOperand(index) { combine(index) }
      case .field, .derived, .stuck, .score, .share, .health:
        guard let due = ageDeadline(index), time >= due else { continue }
        entries[index].agedTime = time
        put(index, .unknown, value: .nan)
      }
      isNews[index] = newsCount > 0 && news[newsCount - 1] == index
    }
    return newest
  }

  /// When `tick` has something to do, if no input comes before; it may be past. Nil: never.
  var nextDeadline: Int64? {
    var next: Int64?
    for index in entries.indices {
      if let due = ageDeadline(index) { next = min(next ?? due, due) }
    }
    return next
  }

  /// The samples after a gap do not continue those before it.
  func gap(sensor: Int) {
    let reached = reachedBySensor[sensor]
    for index in reached where entries[index].sensor == sensor {
      switch entries[index].kind {
      case .derived: statistics[entries[index].helper].forget()
      case .stuck: detectors[entries[index].helper].forget()
      case .field, .score, .share, .health, .all, .any: break
      }
    }
  }

  // MARK: changes

  /// Another version scores from the next scores on. These are the indices of
  /// `Configuration.watchedLabels(of:)` among its labels, -1 for a label that it does not have.
  /// Readings and truths stay.
  func rebind(pipeline: Int, labelIndices: [Int]) {
    let conditions = scoreConditions[pipeline]
    precondition(labelIndices.count == conditions.count)
    for position in conditions.indices {
      entries[conditions[position]].column = labelIndices[position]
    }
  }

  /// Other levels for a condition on a value, from its next value on; nil: those of the
  /// configuration.
  ///
  /// - Returns: false if it has no levels.
  func setLevels(_ index: Int, _ levels: LevelOverride?) -> Bool {
    entries[index].judge?.replace(levels) != nil
  }

  // MARK: evaluation

  private var newest: News { News(start: news, count: newsCount) }

  private func evaluate(_ index: Int, _ values: UnsafeBufferPointer<Float>, at time: Int64) {
    let (kind, column) = (entries[index].kind, entries[index].column)
    let value = values.indices.contains(column) ? values[column] : .nan
    switch kind {
    case .field, .score: take(index, value, at: time)
    case .derived:
      let statistic = statistics[entries[index].helper]
      statistic.add(Double(value), at: time)
      take(index, statistic.answer(at: time).map { Float($0) } ?? .nan, at: time)
    case .stuck: take(index, detectors[entries[index].helper].add(value, at: time), at: time)
    case .all, .any: combine(index)
    case .share, .health: break
    }
  }

  private func take(_ index: Int, _ value: Float, at time: Int64) {
    entries[index].inputTime = time
    put(index, entries[index].judge?.judge(value) ?? .unknown, value: value)
  }

  private func take(_ index: Int, _ isSo: Bool?, at time: Int64) {
    entries[index].inputTime = time
    put(index, isSo.reading, value: isSo.map { $0 ? 1 : 0 } ?? .nan)
  }

  private func combine(above index: Int) {
    let reached = reachedByCondition[index]
    for other in reached where other != index { combine(other) }
  }

  private func combine(_ index: Int) {
    let isAll = entries[index].kind == .all
    var result: Bool? = isAll
    let operands = entries[index].operands
    for operand in operands {
      let truth = states[operand.condition].truth
      let counted = operand.isNegated ? Kleene.not(truth) : truth
      result = isAll ? Kleene.and(result, counted) : Kleene.or(result, counted)
    }
    put(index, result.reading, value: .nan)
  }

  private func put(_ index: Int, _ reading: Reading, value: Float) {
    let level = entries[index].judge?.level(near: value) ?? .nan
    states[index].take(reading, value: value, level: level)
    news[newsCount] = index
    newsCount += 1
  }

  private func hasNewOperand(_ index: Int) -> Bool {
    let operands = entries[index].operands
    for operand in operands where isNews[operand.condition] { return true }
    return false
  }

  private func ageDeadline(_ index: Int) -> Int64? {
    let limit = entries[index].ageMax
    guard limit > 0 else { return nil }
    let isSensors = entries[index].agesWithSensor
    let input = isSensors ? sampleTimes[entries[index].sensor] : entries[index].inputTime
    return max(input, entries[index].agedTime) + limit
  }
}

extension Bool? {
  fileprivate var reading: Reading {
    switch self {
    case true?: .raise
    case false?: .clear
    case nil: .unknown
    }
  }
}
