import Store
import Text

/// A record as a file of a run: its name and its content.
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
      // A later version of the agent wrote the record.
      case nil: "other"
      }
    name = "\(folder)/\(epoch)-\(record.sequence).json"
    let time = record.time.map { Timestamp(wallNanoseconds: $0).text }
    let isObject = record.object != nil
    text =
      JSONWriter.text { writer in
        writer.member("sequence", record.sequence)
        writer.member("kind", kind?.word ?? "\(record.kind)")
        writer.member("at", record.at)
        writer.member("boot", record.boot)
        writer.member("time", time)
        writer.member("source", record.source)
        // The document has an object as the core wrote it.
        if isObject {
          writer.member("body", json: record.body)
        } else {
          writer.member("body", record.body)
        }
      } + "\n"
  }
}
