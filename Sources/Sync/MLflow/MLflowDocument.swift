import Store
import Text

/// A record as a file of a run: where it goes, and what is in it.
struct MLflowDocument {
  /// `alerts/3f1c9a0b77e2d415-17.json`
  let name: String
  let text: String

  init(_ record: StoredRecord, epoch: String) {
    let kind = RecordKind(rawValue: record.kind)
    let folder =
      switch kind {
      case .alert: "alerts"
      case .audit: "audit"
      case .anomaly: "anomalies"
      case .result: "results"
      case .debug: "debug"
      // Of a later version of the store.
      case nil: "other"
      }
    name = "\(folder)/\(epoch)-\(record.sequence).json"
    var time = "null"
    if let nanoseconds = record.time {
      Timestamp(wallNanoseconds: nanoseconds).withBytes {
        time = "\"\(String(decoding: $0, as: UTF8.self))\""
      }
    }
    // The body is a document of its own, as it was written.
    let body =
      record.object == nil ? JSONText.quoted(record.body) : record.body
    text =
      "{\"sequence\":\(record.sequence),\"kind\":\"\(kind?.word ?? "\(record.kind)")\","
      + "\"at\":\(record.at),\"boot\":\(JSONText.quoted(record.boot)),\"time\":\(time),"
      + "\"source\":\(JSONText.quoted(record.source)),\"body\":\(body)}\n"
  }
}
