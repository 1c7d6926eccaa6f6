import Store
import Text
import Trust

/// Results as metrics of a run, in requests of a size that MLflow takes.
///
///     fall.fall                     a score
///     fall.fall.min  .max  .mean    a summary of several
///     fall.windows                  of how many
struct MLflowMetrics {
  /// MLflow's own limit.
  static let countMax = 1000
  /// Well below the megabyte that proxies let through, and not much for a board.
  static let bytesMax = 192 << 10

  /// Elements of JSON arrays, one a request: so many as are full.
  private var full: [String] = []
  private var last = ""
  private var count = 0

  /// - Returns: the next request that nothing can be added to any more, each once.
  mutating func nextFull() -> String? { full.isEmpty ? nil : full.removeFirst() }

  /// What is left at the end; perhaps nothing.
  mutating func finish() -> String {
    precondition(full.isEmpty)
    defer { (last, count) = ("", 0) }
    return last
  }

  /// - Returns: false for a record that is none of the results known here; nothing is added then.
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

  private mutating func add(_ name: String, _ value: JSONValue, _ record: StoredRecord) {
    let key = MetricKey.text(name)
    let metric = JSONWriter.text { writer in
      writer.member("key", key)
      // What is no number stands as null in a record.
      if let number = value.double {
        writer.member("value", number)
      } else {
        writer.member("value", "NaN")
      }
      writer.member("timestamp", max(record.time ?? 0, 0) / 1_000_000)
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
  static let bytesMax = 250

  /// Letters and digits of ASCII, `_`, `-`, `.` and spaces as they are; every other byte, also what
  /// MLflow would take for a path, as `_XX` in hexadecimal. What is too long ends in 16 digits of
  /// its SHA-256.
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
