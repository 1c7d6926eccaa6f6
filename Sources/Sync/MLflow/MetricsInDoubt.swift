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
  /// The last metric of each record, in the order in which they were sent. Its step is the sequence
  /// of the record.
  private(set) var metrics: [NewestMetric] = []

  package init() {}

  init(_ records: [StoredRecord], epoch: String) {
    self.epoch = epoch
    metrics = Array(records.compactMap { Self.newest($0) }.prefix(Self.recordsMax))
  }

  var isEmpty: Bool { metrics.isEmpty }

  func concerns(_ records: [StoredRecord], epoch: String) -> Bool {
    !isEmpty && self.epoch.utf8.elementsEqual(epoch.utf8)
      && records.contains { record in metrics.contains { $0.step == record.sequence } }
  }

  /// The sequences of the records that the run has: those up to the one with which a request ended.
  ///
  /// - Parameter newest: the newest value of each metric of the run.
  func known(by newest: [NewestMetric]) -> Set<Int64> {
    guard let last = metrics.lastIndex(where: { newest.contains($0) }) else { return [] }
    return Set(metrics[...last].map { $0.step })
  }

  mutating func forget(_ known: Set<Int64>) { metrics.removeAll { known.contains($0.step) } }

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
    guard let value, let epoch = value["epoch"]?.string else { return }
    self.epoch = epoch
    let kept = (value["metrics"]?.array ?? []).compactMap { NewestMetric($0) }
    metrics = Array(kept.prefix(Self.recordsMax))
  }

  func put(into writer: inout JSONWriter) {
    writer.member("epoch", epoch)
    writer.array("metrics") { writer in
      for metric in metrics {
        writer.object { writer in
          writer.member("key", metric.key)
          writer.member("step", metric.step)
          writer.member("timestamp", metric.timestamp)
        }
      }
    }
  }
}
