import Store
import Text

/// Sends records as CloudEvents 1.0 in batches (`application/cloudevents-batch+json`), with one
/// POST for each batch: docs/cloudevents.md. A server tells a duplicate by `source` and `id`, as
/// the standard says.
final class CloudEventsUplink: Uplink {
  /// The uplink adds no event to a request of so many bytes. Servers commonly take a body of 1 MiB,
  /// so the last event fits too.
  static let requestBytesMax = 256 << 10
  /// Every type begins with this, and the kind follows.
  static let typePrefix = "io.edgeagent."

  let recordsMax = 256
  private let server: Server
  private let source: String
  /// The body of the request. The uplink fills it anew for every request.
  private var body: [UInt8] = []

  /// - Parameters:
  ///   - agent: its id, which becomes a part of `source`.
  init(_ server: Server, agent: String) {
    self.server = server
    source = "/edgeagent/\(URLText.encoded(agent))"
    // The uplink reserves the memory at once, because a growing body would leave holes in the heap.
    body.reserveCapacity(Self.requestBytesMax + OutboxLimits.bodyBytesMax + 1024)
  }

  @export(interface)
  func send(_ records: [StoredRecord], epoch: String) throws(SyncError) {
    var next = 0
    while next < records.count {
      body.removeAll(keepingCapacity: true)
      while next < records.count, body.count < Self.requestBytesMax {
        body.append(body.isEmpty ? UInt8(ascii: "[") : UInt8(ascii: ","))
        append(records[next], epoch)
        next += 1
      }
      body.append(UInt8(ascii: "]"))
      try post()
    }
  }

  /// Takes four statuses as a receipt. Another 2xx does not say that all events are safe; 207, for
  /// example, speaks of each event.
  private func post() throws(SyncError) {
    let (status, _) = try server.post(
      body, type: "application/cloudevents-batch+json; charset=UTF-8", isRepeatable: true)
    guard [200, 201, 202, 204].contains(status) else {
      throw .answer(place: server.base.authority, missing: "a receipt (status \(status))")
    }
  }

  private func append(_ record: StoredRecord, _ epoch: String) {
    let kind = RecordKind(rawValue: record.kind)?.word ?? "kind\(record.kind)"
    var time: String?
    if let nanoseconds = record.time {
      Timestamp(wallNanoseconds: nanoseconds).withBytes {
        time = String(decoding: $0, as: UTF8.self)
      }
    }
    var event = JSONWriter.text { writer in
      writer.member("specversion", "1.0")
      writer.member("source", source)
      writer.member("datacontenttype", "application/json")
      writer.member("id", "\(epoch)-\(record.sequence)")
      writer.member("type", Self.typePrefix + kind)
      // The standard does not allow an empty subject.
      if !record.source.isEmpty { writer.member("subject", record.source) }
      if let time { writer.member("time", time) }
      if !record.boot.isEmpty { writer.member("boot", record.boot) }
      // This is a string, because the standard's integers have 32 bits.
      writer.member("bootns", "\(record.at)")
      // The body is a JSON object already.
      writer.member("data", json: record.body)
    }
    event.withUTF8 { body.append(contentsOf: $0) }
  }
}
