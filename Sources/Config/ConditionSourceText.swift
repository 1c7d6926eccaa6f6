import Text

/// `source` of a condition as text:
///
///     fall.fall                             a score: pipeline.label
///     anomaly:hum                           how badly an autoencoder gives its window back
///     sensor:boiler.temperature             a field
///     sensor:boiler.temperature rate 1m     a statistic of a field over a time
///     refused:boiler 1m   rate:boiler 1m   late:fall 1m       shares
///     stale:boiler   stuck:boiler.temperature 10m   disabled:fall
///     output:siren   store   clock
struct ConditionSourceText {
  enum Kind {
    case value(ValueSource)
    case health(HealthSource)
  }

  let text: String
  let kind: Kind
  /// What it refers to.
  private(set) var sensor: String?
  private(set) var field: String?
  private(set) var pipeline: String?

  /// Shares are counted over a minute where no time is written.
  static let shareNanoseconds: Int64 = 60_000_000_000
  /// A value is stuck after a minute where no time is written.
  static let stuckNanoseconds: Int64 = 60_000_000_000

  /// Nil for a text that is none of these.
  init?(_ text: String) {
    self.text = text
    let words = text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
      .map { String(decoding: Array($0), as: UTF8.self) }
    let (scheme, rest) = ConfigurationText.split(words[0], at: ":")
    switch scheme {
    case "store" where rest == nil && words.count == 1: kind = .health(.store)
    case "clock" where rest == nil && words.count == 1: kind = .health(.clock)
    case "output":
      // The name of an output may hold spaces and colons: "output:exec:/a b".
      guard let rest else { return nil }
      let name = ([rest] + words.dropFirst()).joined(separator: " ")
      guard !name.isEmpty else { return nil }
      kind = .health(.output(name: name))
    case "sensor", "stuck":
      guard let (sensor, field) = Self.fieldName(rest),
        let kind = Self.ofField(scheme, sensor, field, Array(words.dropFirst()))
      else { return nil }
      (self.kind, self.sensor, self.field) = (kind, sensor, field)
    case "anomaly":
      guard let rest, ConfigurationText.isName(rest), words.count == 1 else { return nil }
      kind = .value(.score(pipeline: rest, label: "anomaly"))
      pipeline = rest
    case "stale", "disabled":
      guard let rest, ConfigurationText.isName(rest), words.count == 1 else { return nil }
      if scheme == "stale" {
        (kind, sensor) = (.health(.stale(sensor: rest)), rest)
      } else {
        (kind, pipeline) = (.health(.disabled(pipeline: rest)), rest)
      }
    case "refused", "rate", "late":
      guard let rest, ConfigurationText.isName(rest),
        let over = Self.time(words, 1, default: Self.shareNanoseconds)
      else { return nil }
      switch scheme {
      case "refused":
        (kind, sensor) = (.value(.share(.refused(sensor: rest), overNanoseconds: over)), rest)
      case "rate":
        (kind, sensor) = (.value(.share(.rate(sensor: rest), overNanoseconds: over)), rest)
      default:
        (kind, pipeline) = (.value(.share(.late(pipeline: rest), overNanoseconds: over)), rest)
      }
    default:
      let (name, label) = ConfigurationText.split(text, at: ".")
      guard ConfigurationText.isName(name), let label,
        ConfigurationText.isLine(label, bytes: 1...ConfigurationLimits.nameBytesMax)
      else { return nil }
      (kind, pipeline) = (.value(.score(pipeline: name, label: label)), name)
    }
  }

  private static func ofField(
    _ scheme: String, _ sensor: String, _ field: String, _ words: [String]
  ) -> Kind? {
    if scheme == "stuck" {
      guard let over = time([""] + words, 1, default: stuckNanoseconds) else { return nil }
      return .health(.stuck(sensor: sensor, field: field, overNanoseconds: over, deadBand: 0))
    }
    if words.isEmpty { return .value(.field(sensor: sensor, field: field)) }
    guard words.count == 2, let statistic = Statistic(rawValue: words[0]),
      let over = time([""] + words.dropFirst(), 1, default: 0), over > 0
    else { return nil }
    return .value(
      .derived(sensor: sensor, field: field, statistic, overNanoseconds: over))
  }

  /// The time in the word of that index, which is the last one.
  private static func time(_ words: [String], _ index: Int, default preset: Int64) -> Int64? {
    guard words.count > index else { return preset }
    guard words.count == index + 1, let time = DurationText.nanoseconds(words[index]),
      ConfigurationLimits.overNanoseconds.contains(time)
    else { return nil }
    return time
  }

  /// Reads `boiler.temperature`, cut at the first dot: a field's name may hold dots.
  private static func fieldName(_ text: String?) -> (String, String)? {
    guard let text else { return nil }
    let (sensor, field) = ConfigurationText.split(text, at: ".")
    guard ConfigurationText.isName(sensor), let field, !field.isEmpty else { return nil }
    return (sensor, field)
  }
}
