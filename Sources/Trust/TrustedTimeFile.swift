import System
import Text

/// What `trusted-time` holds: the floor, the moment at which it was so late, and what servers said.
///
///     2026-12-01T10:00:00.000Z
///     anchor 8f3c… 86400
///     told mlflow.example.org 2026-12-01T10:00:03.000Z 8f3c… 86399
///
/// Older agents wrote the first line alone. Such a floor has no witness, so it becomes a word that
/// needs another witness, and so does a floor behind the horizon.
struct TrustedTimeFile: Equatable {
  /// Some 120 bytes a witness; a host has up to 253.
  static let bytesMax = 4096
  /// The longest name of a host (RFC 1035).
  private static let witnessBytesMax = 253

  var floor = Clock.releaseSeconds
  var anchor = TrustedTime.Moment(boot: "", seconds: 0)
  var tellings: [TrustedTime.Telling] = []

  /// Reads a file. What is no such line is skipped; a damaged file is an empty one.
  init(_ bytes: [UInt8]) {
    let lines = bytes.split(separator: UInt8(ascii: "\n")).map {
      $0.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
    }
    var hasAnchor = false
    for words in lines.dropFirst() {
      switch words.first {
      case "anchor" where words.count == 3:
        guard let moment = Self.moment(words[1], words[2]) else { continue }
        (anchor, hasAnchor) = (moment, true)
      case "told" where words.count == 5 && words[1].utf8.count <= Self.witnessBytesMax:
        guard let told = CalendarTime.seconds(rfc3339: words[2]),
          let moment = Self.moment(words[3], words[4])
        else { continue }
        note(TrustedTime.Telling(witness: words[1], told: told, moment: moment))
      default: continue
      }
    }
    let stored = lines.first?.first.flatMap { CalendarTime.seconds(rfc3339: $0) }
    if hasAnchor, let stored, stored <= Clock.horizonSeconds {
      floor = max(Clock.releaseSeconds, stored)
      return
    }
    // The anchor belongs to a floor that does not count.
    anchor = TrustedTime.Moment(boot: "", seconds: 0)
    if let stored, stored > Clock.releaseSeconds, stored <= Clock.horizonSeconds {
      note(
        TrustedTime.Telling(
          witness: TrustedTime.unwitnessed, told: stored,
          moment: TrustedTime.Moment(boot: "", seconds: 0)))
    }
  }

  /// Replaces what the same witness said before. Beyond `tellingsMax` the oldest is forgotten.
  mutating func note(_ telling: TrustedTime.Telling) {
    tellings.removeAll { $0.witness == telling.witness }
    tellings.append(telling)
    if tellings.count > TrustedTime.tellingsMax { tellings.removeFirst() }
  }

  var text: String {
    var text = Timestamp(wallSeconds: floor).text + "\n"
    text += "anchor \(Self.text(anchor))\n"
    for telling in tellings {
      let time = Timestamp(wallSeconds: telling.told).text
      text += "told \(telling.witness) \(time) \(Self.text(telling.moment))\n"
    }
    return text
  }

  private static func text(_ moment: TrustedTime.Moment) -> String {
    "\(moment.boot.isEmpty ? "-" : moment.boot) \(moment.seconds)"
  }

  private static func moment(_ boot: String, _ seconds: String) -> TrustedTime.Moment? {
    Digits.number(seconds).map {
      TrustedTime.Moment(boot: boot.utf8.elementsEqual("-".utf8) ? "" : boot, seconds: $0)
    }
  }
}
