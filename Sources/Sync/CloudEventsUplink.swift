import Config
import Store
import Text

/// Sends records as CloudEvents 1.0, in batches or one event a request, and each recording as one
/// event: docs/cloudevents.md. A server tells a duplicate by `source` and `id`, as the standard
/// says.
final class CloudEventsUplink: Uplink {
  /// The uplink adds no event to a request of so many bytes. Servers commonly take a body of 1 MiB,
  /// so the last event fits too.
  static let requestBytesMax = 256 << 10
  /// Every type begins with this, and the kind follows.
  static let typePrefix = "io.edgeagent."
  private static let batchType = "application/cloudevents-batch+json; charset=UTF-8"

  /// One for one event a request: a failure is then about that record alone, and no record is sent
  /// again because of it.
  let recordsMax: Int
  private let events: EventsMode
  private let server: Server
  private let source: String
  /// The body of the request. The uplink fills it anew for every request.
  private var body: [UInt8] = []

  /// - Parameters:
  ///   - agent: its id, which becomes a part of `source`.
  ///   - events: how events go in requests.
  init(_ server: Server, agent: String, events: EventsMode = .batch) {
    (self.server, self.events) = (server, events)
    recordsMax = events == .batch ? SyncLimits.batchRecordsMax : 1
    source = "/edgeagent/\(URLText.encoded(agent))"
    // The uplink reserves the memory at once, because a growing body would leave holes in the heap.
    let requestBytesMax = events == .batch ? Self.requestBytesMax : 0
    body.reserveCapacity(requestBytesMax + OutboxLimits.bodyBytesMax + 1024)
  }

  @export(interface)
  func send(_ records: [StoredRecord], epoch: String) throws(SyncError) {
    switch events {
    case .batch: try sendBatches(records, epoch)
    case .structured:
      for record in records {
        body.removeAll(keepingCapacity: true)
        append(record, epoch)
        try post(body, type: "application/cloudevents+json; charset=UTF-8")
      }
    case .binary: for record in records { try sendBinary(record, epoch) }
    }
  }

  private func sendBatches(_ records: [StoredRecord], _ epoch: String) throws(SyncError) {
    var next = 0
    while next < records.count {
      body.removeAll(keepingCapacity: true)
      while next < records.count, body.count < Self.requestBytesMax {
        body.append(body.isEmpty ? UInt8(ascii: "[") : UInt8(ascii: ","))
        append(records[next], epoch)
        next += 1
      }
      body.append(UInt8(ascii: "]"))
      try post(body, type: Self.batchType)
    }
  }

  /// An empty batch.
  ///
  /// - Returns: the status of the receipt.
  func sendNothing() throws(SyncError) -> Int { try post(Array("[]".utf8), type: Self.batchType) }

  /// In the standard's binary mode: attributes are header fields, and the body is the recording.
  @export(interface)
  func send(_ recording: StoredRecording, epoch: String) throws(SyncError) {
    try post(
      recording.bytes, type: "application/octet-stream",
      fields: fields([
        ("id", recording.name(epoch: epoch)), ("type", Self.typePrefix + "recording"),
        ("subject", recording.alert), ("time", Self.text(recording.time)),
        ("boot", recording.boot), ("bootns", "\(recording.at)"),
        ("episode", "\(recording.episode)"), ("sensor", recording.sensor),
      ]))
  }

  /// The body is the record's, byte for byte.
  private func sendBinary(_ record: StoredRecord, _ epoch: String) throws(SyncError) {
    try post(
      Array(record.body.utf8), type: "application/json",
      fields: fields([
        ("id", "\(epoch)-\(record.sequence)"), ("type", Self.type(record)),
        ("subject", record.source), ("time", Self.text(record.time)), ("boot", record.boot),
        ("bootns", "\(record.at)"),
      ]))
  }

  /// Attributes as header fields. The standard does not allow an empty one.
  private func fields(_ attributes: [(name: String, value: String)]) -> [HeaderField] {
    ([("specversion", "1.0"), ("source", source)] + attributes).filter { !$0.value.isEmpty }
      .map { HeaderField(name: "ce-\($0.name)", value: Self.field($0.value)) }
  }

  private static func type(_ record: StoredRecord) -> String {
    typePrefix + (RecordKind(rawValue: record.kind)?.word ?? "kind\(record.kind)")
  }

  /// As the standard writes an attribute into a header field: what is not printable ASCII, and
  /// space, quote and percent sign, as `%XX`.
  static func field(_ value: String) -> String {
    var bytes: [UInt8] = []
    for byte in value.utf8 {
      if 0x21...0x7E ~= byte, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "%") {
        bytes.append(byte)
      } else {
        bytes += Array("%\(Hexadecimal.text([byte]))".utf8)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// RFC 3339; "" for none.
  private static func text(_ time: Int64?) -> String {
    time.map { Timestamp(wallNanoseconds: $0).text } ?? ""
  }

  /// Takes four statuses as a receipt, unless the body tells of an error. Another 2xx does not say
  /// that all events are safe; 207, for example, speaks of each event.
  @discardableResult
  private func post(
    _ body: [UInt8], type: String, fields: [HeaderField] = []
  ) throws(SyncError) -> Int {
    let (status, answer) = try server.post(body, type: type, fields: fields, isRepeatable: true)
    guard [200, 201, 202, 204].contains(status) else {
      throw .answer(place: server.base.authority, missing: "a receipt (status \(status))")
    }
    if let objection = Receipt.objection(in: answer) {
      throw .answer(
        place: server.base.authority, missing: "a receipt (status \(status), but \(objection))")
    }
    return status
  }

  private func append(_ record: StoredRecord, _ epoch: String) {
    let time = Self.text(record.time)
    var event = JSONWriter.text { writer in
      writer.member("specversion", "1.0")
      writer.member("source", source)
      writer.member("datacontenttype", "application/json")
      writer.member("id", "\(epoch)-\(record.sequence)")
      writer.member("type", Self.type(record))
      // The standard does not allow an empty subject.
      if !record.source.isEmpty { writer.member("subject", record.source) }
      if !time.isEmpty { writer.member("time", time) }
      if !record.boot.isEmpty { writer.member("boot", record.boot) }
      // This is a string, because the standard's integers have 32 bits.
      writer.member("bootns", "\(record.at)")
      // The body is a JSON object already.
      writer.member("data", json: record.body)
    }
    event.withUTF8 { body.append(contentsOf: $0) }
  }
}
