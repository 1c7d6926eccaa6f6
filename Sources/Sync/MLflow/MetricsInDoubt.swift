import Store
import Text

/// The results of a request whose answer was lost, or was an error. Perhaps the server has them.
///
/// To send them again may cost the server much. Versions of before 3.16 then read the whole history
/// of each metric, for minutes where it is long, and the answer is lost again. So the uplink first
/// looks at the newest values of the run. MLflow takes a request with metrics whole or not at all,
/// and the requests of a board one after the other.
package struct MetricsInDoubt: Equatable {
  /// A request has no more records.
  static let recordsMax = 100

  private(set) var epoch = ""
  /// In the order in which they were sent.
  private(set) var sequences: [Int64] = []
  /// The last metric of the last record.
  private var last = NewestMetric(key: "", step: 0, timestamp: 0)

  package init() {}

  init(_ records: [StoredRecord], epoch: String) {
    let results = records.filter { MetricsInDoubt.newest($0) != nil }.prefix(Self.recordsMax)
    guard let newest = results.last.flatMap({ Self.newest($0) }) else { return }
    (self.epoch, sequences, last) = (epoch, results.map { $0.sequence }, newest)
  }

  var isEmpty: Bool { sequences.isEmpty }

  func concerns(_ records: [StoredRecord], epoch: String) -> Bool {
    !isEmpty && self.epoch.utf8.elementsEqual(epoch.utf8)
      && records.contains { sequences.contains($0.sequence) }
  }

  /// Which of the records the run has.
  ///
  /// - Parameter newest: the newest value of each metric of the run.
  func known(of records: [StoredRecord], by newest: [NewestMetric]) -> Set<Int64> {
    if newest.contains(last) { return Set(sequences) }
    // An earlier request ended with this record: all before it went before.
    let place = records.last { record in
      sequences.contains(record.sequence)
        && Self.newest(record).map { newest.contains($0) } ?? false
    }
    guard let place else { return [] }
    return Set(sequences.filter { $0 <= place.sequence })
  }

  mutating func forget(_ known: Set<Int64>) { sequences.removeAll { known.contains($0) } }

  private static func newest(_ record: StoredRecord) -> NewestMetric? {
    var metrics = MLflowMetrics()
    guard metrics.add(record) else { return nil }
    return NewestMetric(
      key: metrics.lastKey, step: record.sequence, timestamp: MLflowMetrics.timestamp(record))
  }
}

/// The newest value of a metric, as a run tells it.
struct NewestMetric: Equatable {
  let key: String
  let step: Int64
  /// Milliseconds since 1970.
  let timestamp: Int64

  init(key: String, step: Int64, timestamp: Int64) {
    (self.key, self.step, self.timestamp) = (key, step, timestamp)
  }

  init?(_ value: JSONValue) {
    guard let key = value["key"]?.string else { return nil }
    self.init(
      key: key, step: value["step"]?.int64 ?? 0, timestamp: value["timestamp"]?.int64 ?? 0)
  }

  static func == (left: NewestMetric, right: NewestMetric) -> Bool {
    left.step == right.step && left.timestamp == right.timestamp
      && left.key.utf8.elementsEqual(right.key.utf8)
  }
}

extension MetricsInDoubt {
  init(_ value: JSONValue?) {
    guard let value, let epoch = value["epoch"]?.string, let last = NewestMetric(value) else {
      return
    }
    let kept = (value["sequences"]?.array ?? []).compactMap { $0.int64 }.prefix(Self.recordsMax)
    (self.epoch, sequences, self.last) = (epoch, Array(kept), last)
  }

  func put(into writer: inout JSONWriter) {
    writer.member("epoch", epoch)
    writer.member("key", last.key)
    writer.member("step", last.step)
    writer.member("timestamp", last.timestamp)
    writer.array("sequences") { writer in
      for sequence in sequences { writer.value(.integer(sequence)) }
    }
  }
}
