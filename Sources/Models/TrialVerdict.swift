import System
import Text

/// What a trial said of a version. The file `<models>/<name>/trials/<version>` keeps it as one JSON
/// object. The agent writes the file before it changes any link. The file is the decision: after a
/// loss of power the agent does again what follows from it.
package struct TrialVerdict: Equatable, Sendable {
  package enum Outcome: String, CaseIterable, Sendable {
    /// The version took over. While `probation` is `running`, the core watches it.
    case passed
    /// The version is of no use on this board, and the agent does not try it again by itself.
    case failed
    /// The version took over, and within its probation the core went back to the version before.
    case rolledBack = "rolled back"
    /// There were too few windows in the time that a trial has. The agent may try the version
    /// again.
    case undecided
  }

  package enum Probation: String, CaseIterable, Sendable {
    case running, passed
  }

  package let version: String
  /// The version against which the core tried it; after failed starts, the previous version.
  package let against: String
  /// The fault is a difference from `against`, and says nothing about this version alone. Which of
  /// the two is wrong is for the owner to say. So such a verdict bars the version only beside
  /// `against`. Every other fault is one of the version itself.
  package let isOfPair: Bool
  package var outcome: Outcome
  /// The reason in words, 256 bytes at most; empty where the version passed.
  package var reason: String
  package let windows: Int64
  /// The share of windows on which both versions agree, 0…1; nil where the candidate scored none.
  package let agreement: Double?
  /// Windows with a score that is no number.
  package let faults: Int64
  package let inference: Inference?
  package var probation: Probation?
  /// `2026-03-01T12:34:56.789Z`; nil where the board did not know the time.
  let time: String?

  /// The time of one inference of the candidate, in microseconds.
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

  /// Whether something speaks against the version.
  package var isBad: Bool { outcome == .failed || outcome == .rolledBack }

  /// Whether the version is at fault itself: it may not score on this board before a person
  /// activates it, whatever the current version is.
  package var isOfVersion: Bool { isBad && !isOfPair }

  /// Whether the verdict keeps the version from taking the place of `current`.
  package func bars(beside current: String?) -> Bool {
    guard isOfPair else { return isBad }
    return current.map { isBad && $0.utf8.elementsEqual(against.utf8) } ?? false
  }

  /// Bytes of the file. The longest verdict takes far less.
  static let bytesMax = 4096

  package var json: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Self.bytesMax)
    return bytes.withUnsafeMutableBytes { raw in
      var writer = JSONWriter(raw)
      writer.object { put(into: &$0) }
      writer.newline()
      return Array(writer.finished!)
    }
  }

  /// Writes the members of the verdict, also into a report that has more members.
  @export(interface)
  package func put(into writer: inout JSONWriter) {
    writer.member("version", version)
    writer.member("against", against)
    writer.member("verdict", outcome.rawValue)
    writer.member("scope", isBad ? (isOfPair ? Self.pairScope : Self.versionScope) : nil)
    writer.member("reason", reason)
    writer.member("windows", windows)
    writer.member("agreement", agreement.map { JSONValue.number($0) } ?? .null)
    writer.member("faults", faults)
    writer.member("mean_us", inference?.mean, decimals: 1)
    writer.member("p99_us", inference?.p99, decimals: 1)
    writer.member("max_us", inference?.max, decimals: 1)
    writer.member("probation", probation?.rawValue)
    writer.member("time", time)
  }

  @export(interface)
  package init(
    version: String, against: String, outcome: Outcome, isOfPair: Bool = false,
    reason: String = "", windows: Int64 = 0, agreement: Double? = nil, faults: Int64 = 0,
    inference: Inference? = nil, probation: Probation? = nil
  ) {
    (self.version, self.against, self.outcome) = (version, against, outcome)
    self.isOfPair = isOfPair && outcome == .failed
    (self.windows, self.agreement, self.faults) = (windows, agreement, faults)
    self.inference = inference
    self.reason = String(decoding: reason.utf8.prefix(Self.reasonBytesMax), as: UTF8.self)
    self.probation = probation
    time = Clock.plausible(Clock.wall()).map { Timestamp(wallNanoseconds: $0).text }
  }

  private static let reasonBytesMax = 256
  private static let pairScope = "pair"
  private static let versionScope = "version"

  /// Agents that wrote no `scope` began the reason of a difference between two versions so.
  private static func isOfPair(olderReason reason: String) -> Bool {
    reason.hasPrefix("another verdict in ") || reason.hasPrefix("its scores never changed")
  }

  /// Nil where the bytes are no verdict on that version.
  init?(_ bytes: [UInt8], of version: String) {
    guard
      let value = bytes.withUnsafeBytes({ try? JSONValue.parse($0) }),
      let name = value["version"]?.string, name.utf8.elementsEqual(version.utf8),
      let against = value["against"]?.string,
      let outcome = value["verdict"]?.string.flatMap({ Outcome(rawValue: $0) })
    else { return nil }
    (self.version, self.against, self.outcome) = (version, against, outcome)
    let reason = value["reason"]?.string ?? ""
    self.reason = reason
    isOfPair =
      outcome == .failed
      && (value["scope"]?.string.map { $0.utf8.elementsEqual(Self.pairScope.utf8) }
        ?? Self.isOfPair(olderReason: reason))
    windows = value["windows"]?.int64 ?? 0
    agreement = value["agreement"]?.double
    faults = value["faults"]?.int64 ?? 0
    if let mean = value["mean_us"]?.double, let p99 = value["p99_us"]?.double,
      let max = value["max_us"]?.double
    {
      inference = Inference(mean: mean, p99: p99, max: max)
    } else {
      inference = nil
    }
    probation = value["probation"]?.string.flatMap { Probation(rawValue: $0) }
    time = value["time"]?.string
  }
}
