import CPlatform
import Store
import Text

/// Records as CloudEvents 1.0 in batches (`application/cloudevents-batch+json`), one POST each:
/// docs/cloudevents.md. A server tells a duplicate by `source` and `id`, as the standard says.
final class CloudEventsUplink: Uplink {
  /// A request is sent when it has grown so far; one event more fits the body limits of servers,
  /// which are commonly 1 MiB.
  static let requestBytesMax = 256 << 10
  /// What every type begins with; the kind follows.
  static let typePrefix = "io.edgeagent."

  let recordsMax = 256
  private let server: Server
  /// All of an event that is the same for all, up to the epoch in its id.
  private let opening: [UInt8]
  /// Used for every request anew.
  private var body: [UInt8] = []
  /// The last texts, quoted: they seldom change from one record to the next.
  private var subject = QuotedText()
  private var boot = QuotedText()

  /// - Parameters:
  ///   - agent: its id, which becomes a part of `source`.
  init(_ server: Server, agent: String) {
    self.server = server
    opening = Array(
      ("{\"specversion\":\"1.0\",\"source\":\"/edgeagent/\(URLText.encoded(agent))\","
        + "\"datacontenttype\":\"application/json\",\"id\":\"").utf8)
    // At once, so that growing it leaves no holes in the heap.
    body.reserveCapacity(Self.requestBytesMax + OutboxLimits.bodyBytesMax + 1024)
  }

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

  /// Other successes than these four say nothing of whether the events are safe (207 speaks of each
  /// apart).
  private func post() throws(SyncError) {
    let (status, _) = try server.post(
      body, type: "application/cloudevents-batch+json; charset=UTF-8", isRepeatable: true)
    guard [200, 201, 202, 204].contains(status) else {
      throw .answer(place: server.base.authority, missing: "a receipt (status \(status))")
    }
  }

  private func append(_ record: StoredRecord, _ epoch: String) {
    body += opening
    put(epoch)
    put("-")
    put("\(record.sequence)")
    put("\",\"type\":\"")
    put(Self.typePrefix)
    put(RecordKind(rawValue: record.kind)?.word ?? "kind\(record.kind)")
    // Empty, the standard does not allow it.
    if !record.source.isEmpty {
      put("\",\"subject\":")
      body += subject.quoted(record.source)
    } else {
      put("\"")
    }
    if let time = record.time {
      put(",\"time\":\"")
      Timestamp(wallNanoseconds: time).withBytes { body.append(contentsOf: $0) }
      put("\"")
    }
    if !record.boot.isEmpty {
      put(",\"boot\":")
      body += boot.quoted(record.boot)
    }
    // A string: the standard's integers have 32 bits.
    put(",\"bootns\":\"")
    put("\(record.at)")
    // The body is a JSON object already.
    put("\",\"data\":")
    put(record.body)
    put("}")
  }

  private func put(_ text: String) {
    var text = text
    text.withUTF8 { body.append(contentsOf: $0) }
  }
}

/// A text as JSON, kept until another one comes.
private struct QuotedText {
  private var text = ""
  private var bytes = Array("\"\"".utf8)

  mutating func quoted(_ text: String) -> [UInt8] {
    if !isLast(text) { (self.text, bytes) = (text, Array(JSONText.quoted(text).utf8)) }
    return bytes
  }

  /// Byte by byte: equality of strings would take "é" for "e" and an accent.
  private func isLast(_ text: String) -> Bool {
    var (text, last) = (text, self.text)
    return text.withUTF8 { new in
      last.withUTF8 { old in
        new.count == old.count
          && (new.isEmpty || memcmp(new.baseAddress!, old.baseAddress!, new.count) == 0)
      }
    }
  }
}
