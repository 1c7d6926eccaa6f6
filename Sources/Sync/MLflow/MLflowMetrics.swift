import Store
import Text
import Trust

/// Results as metrics of a run, in requests of a size that MLflow takes.
///
///     fall.fall                     the score of one window
///     fall.fall.min  .max  .mean    a summary of the scores of several windows
///     fall.windows                  the number of these windows
///     fall.fall.nan                 1 in the place of a score that is no number
///
/// MLflow has NaN as a value of its own, and its versions before 3.16 do not know a NaN again that
/// they have: a batch that is sent twice would be refused for ever.
struct MLflowMetrics {
  /// MLflow takes no more metrics in one request.
  static let countMax = 1000
  /// The most bytes of a request's metrics. This is well below the megabyte that proxies let
  /// through, and it is not much memory for a board.
  static let bytesMax = 192 << 10

  /// The full requests. Each one is the elements of a JSON array.
  private var full: [String] = []
  /// The request that is not full yet.
  private var last = ""
  private var count = 0
  /// The key of the metric that was added last.
  private(set) var lastKey = ""

  /// - Returns: the next full request; nil for none. Each one comes once.
  mutating func nextFull() -> String? { full.isEmpty ? nil : full.removeFirst() }

  /// The rest at the end, perhaps without metrics. Take all full requests before.
  mutating func finish() -> String {
    precondition(full.isEmpty)
    defer { (last, count) = ("", 0) }
    return last
  }

  /// - Returns: false for a record that is no result of a known form; then this adds nothing.
  @export(interface)
  mutating func add(_ record: StoredRecord) -> Bool {
    guard let result = StoredScores(record) else { return false }
    for score in result.scores {
      let key = "\(result.pipeline).\(score.name)"
      guard let parts = score.value.members else {
        add(key, score.value, record)
        continue
      }
      for part in parts { add("\(key).\(part.name)", part.value, record) }
    }
    if let windows = result.windows { add("\(result.pipeline).windows", windows, record) }
    return true
  }

  /// Milliseconds since 1970; 0 for a record without a time.
  static func timestamp(_ record: StoredRecord) -> Int64 { max(record.time ?? 0, 0) / 1_000_000 }

  private mutating func add(_ name: String, _ value: JSONValue, _ record: StoredRecord) {
    // A record has null in the place of a score that is no number.
    let key = MetricKey.text(value.double == nil ? name + ".nan" : name)
    lastKey = key
    let metric = JSONWriter.text { writer in
      writer.member("key", key)
      writer.member("value", value.double ?? 1)
      writer.member("timestamp", Self.timestamp(record))
      writer.member("step", record.sequence)
    }
    if count == Self.countMax || last.utf8.count + metric.utf8.count + 1 > Self.bytesMax {
      full.append(last)
      (last, count) = ("", 0)
    }
    if count > 0 { last += "," }
    last += metric
    count += 1
  }
}

/// Names as MLflow takes them for metrics.
enum MetricKey {
  /// MLflow takes no longer name.
  static let bytesMax = 250

  /// Makes such a name of any text. Letters and digits of ASCII, `_`, `-`, `.` and spaces stay as
  /// they are. Every other byte, also one that MLflow would take for a part of a path, becomes
  /// `_XX` in hexadecimal. The end of a name that is too long becomes 16 digits of its SHA-256.
  @export(interface)
  static func text(_ name: String) -> String {
    var bytes: [UInt8] = []
    for byte in name.utf8 {
      if Digits.isDecimal(byte) || 0x61...0x7A ~= byte | 0x20 && byte < 0x80
        || "_-. ".utf8.contains(byte)
      {
        bytes.append(byte)
      } else {
        bytes += Array("_\(Hexadecimal.text([byte]))".utf8)
      }
    }
    guard bytes.count > bytesMax else { return String(decoding: bytes, as: UTF8.self) }
    let digest = Digest(of: bytes).text.prefix(16)
    return String(decoding: bytes.prefix(bytesMax - 17), as: UTF8.self) + "_" + digest
  }
}
