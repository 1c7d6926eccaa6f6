import System
import Text

/// What became of a version's trial, as it is kept in `<models>/<name>/trials/<version>`: one JSON
/// object. It is written before any link changes, and is the decision: what has to follow from it is
/// done again after a loss of power.
package struct TrialVerdict: Equatable, Sendable {
  package enum Outcome: String, CaseIterable, Sendable {
    /// It took over. While `probation` is `running` it is watched.
    case passed
    /// It is of no use on this board, and is not tried again by itself.
    case failed
    /// It took over, and went back to the version before within its probation.
    case rolledBack = "rolled back"
    /// Too few windows in the time that a trial has: it may be tried again.
    case undecided
  }

  package enum Probation: String, CaseIterable, Sendable {
    case running, passed
  }

  package let version: String
  /// The version that it was tried against.
  package let against: String
  package var outcome: Outcome
  /// In words; empty where it passed.
  package var reason = ""
  package var windows: Int64 = 0
  /// The share of windows with the same verdict; nil where none was scored.
  package var agreement: Double?
  /// Windows with a score that is no number.
  package var faults: Int64 = 0
  package var inference: Inference?
  package var probation: Probation?
  /// `2026-03-01T12:34:56.789Z`; nil where the board did not know.
  var time: String?

  /// Of the version that was tried, in microseconds.
  package struct Inference: Equatable, Sendable {
    package let mean: Double
    package let p99: Double
    package let max: Double

    package init(mean: Double, p99: Double, max: Double) {
      self.mean = mean
      self.p99 = p99
      self.max = max
    }
  }

  /// Whether the version may not score on this board until a person says so.
  package var isBad: Bool { outcome == .failed || outcome == .rolledBack }

  /// Far above the longest.
  static let bytesMax = 4096

  package var json: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Self.bytesMax)
    return bytes.withUnsafeMutableBytes { raw in
      var writer = JSONWriter(raw)
      writer.beginObject()
      put(into: &writer)
      writer.endObject()
      writer.newline()
      return Array(writer.finished!)
    }
  }

  /// Its members, for whoever reports it.
  @export(interface)
  package func put(into writer: inout JSONWriter) {
    writer.key("version")
    writer.string(version)
    writer.key("against")
    writer.string(against)
    writer.key("verdict")
    writer.string(outcome.rawValue)
    writer.key("reason")
    writer.string(reason)
    writer.key("windows")
    writer.integer(windows)
    writer.key("agreement")
    if let agreement { writer.number(agreement) } else { writer.null() }
    writer.key("faults")
    writer.integer(faults)
    let inference = [
      ("mean_us", inference?.mean), ("p99_us", inference?.p99), ("max_us", inference?.max),
    ]
    for (key, value) in inference {
      writer.key(key)
      if let value { writer.number(value, decimals: 1) } else { writer.null() }
    }
    writer.key("probation")
    if let probation { writer.string(probation.rawValue) } else { writer.null() }
    writer.key("time")
    if let time { writer.string(time) } else { writer.null() }
  }

  @export(interface)
  package init(
    version: String, against: String, outcome: Outcome, reason: String = "",
    probation: Probation? = nil
  ) {
    (self.version, self.against, self.outcome) = (version, against, outcome)
    self.reason = String(decoding: reason.utf8.prefix(Self.reasonBytesMax), as: UTF8.self)
    self.probation = probation
    time = Clock.plausible(Clock.wall()).map { wall in
      var text = ""
      Timestamp(wallNanoseconds: wall).withBytes { text = String(decoding: $0, as: UTF8.self) }
      return text
    }
  }

  private static let reasonBytesMax = 256

  /// Nil for what is no verdict about that version.
  init?(_ bytes: [UInt8], of version: String) {
    guard
      let value = bytes.withUnsafeBytes({ try? JSONValue.parse($0) }),
      let name = value["version"]?.string, name.utf8.elementsEqual(version.utf8),
      let against = value["against"]?.string,
      let outcome = value["verdict"]?.string.flatMap({ Outcome(rawValue: $0) })
    else { return nil }
    (self.version, self.against, self.outcome) = (version, against, outcome)
    reason = value["reason"]?.string ?? ""
    windows = value["windows"]?.int64 ?? 0
    agreement = value["agreement"]?.double
    faults = value["faults"]?.int64 ?? 0
    if let mean = value["mean_us"]?.double, let p99 = value["p99_us"]?.double,
      let max = value["max_us"]?.double
    {
      inference = Inference(mean: mean, p99: p99, max: max)
    }
    probation = value["probation"]?.string.flatMap { Probation(rawValue: $0) }
    time = value["time"]?.string
  }
}
