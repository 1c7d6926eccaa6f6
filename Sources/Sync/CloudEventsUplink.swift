import Store
import Text

/// Sends records as CloudEvents 1.0 in batches (`application/cloudevents-batch+json`), with one
/// POST for each batch, and each recording as one event: docs/cloudevents.md. A server tells a
/// duplicate by `source` and `id`, as the standard says.
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
      try post(body, type: "application/cloudevents-batch+json; charset=UTF-8")
    }
  }

  /// In the standard's binary mode: attributes are header fields, and the body is the recording.
  @export(interface)
  func send(_ recording: StoredRecording, epoch: String) throws(SyncError) {
    var attributes: [(name: String, value: String)] = [
      ("specversion", "1.0"), ("source", source), ("id", recording.name(epoch: epoch)),
      ("type", Self.typePrefix + "recording"), ("subject", recording.alert),
      ("time", Self.text(recording.time)), ("boot", recording.boot), ("bootns", "\(recording.at)"),
      ("episode", "\(recording.episode)"), ("sensor", recording.sensor),
    ]
    // The standard does not allow an empty one.
    attributes.removeAll { $0.value.isEmpty }
    try post(
      recording.bytes, type: "application/octet-stream",
      fields: attributes.map { HeaderField(name: "ce-\($0.name)", value: Self.field($0.value)) })
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
    guard let time else { return "" }
    var text = ""
    Timestamp(wallNanoseconds: time).withBytes { text = String(decoding: $0, as: UTF8.self) }
    return text
  }

  /// Takes four statuses as a receipt, unless the body tells of an error. Another 2xx does not say
  /// that all events are safe; 207, for example, speaks of each event.
  private func post(
    _ body: [UInt8], type: String, fields: [HeaderField] = []
  ) throws(SyncError) {
    let (status, answer) = try server.post(body, type: type, fields: fields, isRepeatable: true)
    guard [200, 201, 202, 204].contains(status) else {
      throw .answer(place: server.base.authority, missing: "a receipt (status \(status))")
    }
    if let objection = Receipt.objection(in: answer) {
      throw .answer(
        place: server.base.authority, missing: "a receipt (status \(status), but \(objection))")
    }
  }

  private func append(_ record: StoredRecord, _ epoch: String) {
    let kind = RecordKind(rawValue: record.kind)?.word ?? "kind\(record.kind)"
    let time = Self.text(record.time)
    var event = JSONWriter.text { writer in
      writer.member("specversion", "1.0")
      writer.member("source", source)
      writer.member("datacontenttype", "application/json")
      writer.member("id", "\(epoch)-\(record.sequence)")
      writer.member("type", Self.typePrefix + kind)
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
