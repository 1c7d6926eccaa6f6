import SensorIO
import Text

/// An output as it stands in an alert's `outputs`.
struct OutputReference {
  enum Kind {
    /// A whole output in a word: `socket`, `exec:/path`, `gpio:gpiochip0/17`.
    case whole(OutputSettings)
    /// The name of an `[[output]]`.
    case named(String)
  }

  var kind: Kind
  var place: SourcePlace
  var key: String
}

/// Reads `[[output]]`, and the outputs in an alert.
extension ConfigurationReader {
  private static let kindKeys = ["gpio", "serial", "exec", "mqtt"]
  private static let outputKeys =
    ["name"] + kindKeys + [
      "shows", "pattern", "active_low", "fail_safe", "baud", "raise", "clear", "limit", "retries",
      "topic", "discovery", "user", "password",
    ]

  /// Nil only when a fault was noted.
  func output(_ table: TOMLTable, agent: String) -> OutputSettings? {
    let output = TableReader(table, .output_, known: Self.outputKeys, faults: faults)
    let name = output.text(output.required("name"), .name)
    if let name, Self.words.contains(bytesOf: name), let entry = output.optional("name") {
      faults.note(.reserved(name, in: .output_), at: entry.value.place)
    }
    let found = Self.kindKeys.filter { output.optional($0) != nil }
    guard let key = found.first else {
      faults.note(.missingOneOf(Self.kindKeys, in: .output_), at: output.place)
      return nil
    }
    guard found.count == 1 else {
      faults.note(.exclusive(keys: found, in: .output_), at: output.optional(found[1])!.place)
      return nil
    }
    noteForeignKeys(output, key)
    guard let kind = kind(output, key, agent), let name else { return nil }
    return OutputSettings(name: name, kind: kind, place: output.place(of: key))
  }

  private static let words = ["socket", "journal"]

  private func noteForeignKeys(_ output: TableReader, _ kind: String) {
    let owners: [(String, [String])] = [
      ("gpio", ["shows", "pattern", "active_low", "fail_safe"]),
      ("serial", ["baud", "raise", "clear"]),
      ("exec", ["limit", "retries"]),
      ("mqtt", ["topic", "discovery", "user", "password"]),
    ]
    for (owner, keys) in owners where owner != kind {
      output.noteNotApplicable(keys, .outputKind(owner))
    }
  }

  private func kind(_ output: TableReader, _ key: String, _ agent: String) -> OutputKind? {
    switch key {
    case "gpio": gpio(output).map { .gpio($0) }
    case "serial": serial(output).map { .serial($0) }
    case "exec": program(output).map { .exec($0) }
    default: mqtt(output, agent).map { .mqtt($0) }
    }
  }

  private func gpio(_ output: TableReader) -> GPIOSettings? {
    let line = output.parsed(output.optional("gpio"), .gpioLine, Self.gpioLine)
    let role = output.choice(
      output.optional("shows"), SignalRole.allCases.map { ($0.rawValue, $0) })
    let pattern = output.choice(
      output.optional("pattern"), SignalPatternKind.allCases.map { ($0.rawValue, $0) })
    let isActiveLow = output.boolean(output.optional("active_low"))
    let isFailSafe = output.boolean(output.optional("fail_safe"))
    guard var settings = line else { return nil }
    if let role { settings.role = role }
    if let pattern { settings.pattern = pattern }
    settings.isActiveLow = isActiveLow ?? false
    settings.isFailSafe = isFailSafe ?? false
    if settings.role == .relay, settings.pattern != .steady {
      output.noteNotApplicable(["pattern"], .sirenOrLamp)
    }
    return settings
  }

  /// Reads `gpiochip0/17` or `/dev/gpiochip0/17`.
  static func gpioLine(_ text: String) -> GPIOSettings? {
    guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
    let (chip, digits) = (String(text[..<slash]), String(text[text.utf8.index(after: slash)...]))
    guard let line = Digits.number(digits), line <= 65_535,
      ConfigurationText.isLine(chip, bytes: 1...ConfigurationLimits.nameBytesMax)
    else { return nil }
    let isPath = chip.utf8.first == UInt8(ascii: "/")
    guard isPath || ConfigurationText.isDottedName(chip) else { return nil }
    return GPIOSettings(chip: isPath ? chip : "/dev/\(chip)", line: Int(line))
  }

  private func serial(_ output: TableReader) -> SerialOutputSettings? {
    let path = path(
      output, output.optional("serial"), bytesMax: ConfigurationLimits.pathBytesMax)
    let baud = output.integer(output.optional("baud"), in: SerialSettings.baudRange)
    let raise = output.parsed(output.required("raise"), .bytes, BytesText.parse)
    let clear = output.parsed(output.optional("clear"), .bytes, BytesText.parse)
    for (key, text) in [("raise", raise), ("clear", clear)] {
      guard let text else { continue }
      let longest = SerialPiece.cut(text.bytes, isTemplate: text.isText)
        .reduce(0) { $0 + $1.bytesMax }
      guard longest > ConfigurationLimits.serialBytesMax else { continue }
      faults.note(.serialTooLong(key: key, bytes: longest), at: output.place(of: key))
    }
    guard let path, let raise else { return nil }
    var settings = SerialOutputSettings(path: path, raise: raise.bytes)
    settings.isTemplate = raise.isText
    if let baud { settings.baud = baud }
    if let clear {
      settings.clear = clear.bytes
      if clear.isText != raise.isText {
        faults.note(
          .notApplicable(key: "clear", in: .output_, onlyWith: .sameForm),
          at: output.place(of: "clear"))
      }
    }
    return settings
  }

  private func program(_ output: TableReader) -> ProgramSettings? {
    let path = path(output, output.optional("exec"), bytesMax: ConfigurationLimits.pathBytesMax)
    let limit = output.duration(
      output.optional("limit"), in: ConfigurationLimits.programNanoseconds)
    let retries = output.integer(output.optional("retries"), in: 0...10)
    guard let path else { return nil }
    var settings = ProgramSettings(path: path)
    if let limit { settings.limitNanoseconds = limit }
    if let retries { settings.retries = retries }
    return settings
  }

  private func mqtt(_ output: TableReader, _ agent: String) -> MQTTSettings? {
    let socket = path(
      output, output.optional("mqtt"), bytesMax: ConfigurationLimits.socketPathBytesMax)
    let topic = output.parsed(output.optional("topic"), .topic, Self.topic)
    let discovery = output.parsed(output.optional("discovery"), .topic, Self.topic)
    let user = output.text(
      output.optional("user"), .text(bytes: 1...ConfigurationLimits.nameBytesMax))
    let password = output.parsed(output.optional("password"), .secret, secret)
    guard let socket else { return nil }
    var settings = MQTTSettings(socket: socket, topic: topic ?? "edgeagent/\(agent)")
    (settings.discovery, settings.user, settings.password) = (discovery, user, password)
    if password != nil, user == nil {
      faults.note(
        .notApplicable(key: "password", in: .output_, onlyWith: .user),
        at: output.place(of: "password"))
    }
    return settings
  }

  /// A topic without wildcards; `isLine` keeps control characters out.
  private static func topic(_ text: String) -> String? {
    guard ConfigurationText.isLine(text, bytes: 1...ConfigurationLimits.textBytesMax),
      !text.utf8.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }),
      text.utf8.first != UInt8(ascii: "/"), text.utf8.last != UInt8(ascii: "/"),
      text.utf8.first != UInt8(ascii: "$")
    else { return nil }
    return text
  }

  // MARK: in an alert

  func outputReference(_ text: String) -> OutputReference.Kind? {
    func whole(_ kind: OutputKind) -> OutputReference.Kind {
      .whole(OutputSettings(name: text, kind: kind, place: SourcePlace.none))
    }
    switch ConfigurationText.split(text, at: ":") {
    case ("socket", nil): return whole(.socket)
    case ("journal", nil): return whole(.journal)
    case ("exec", let path?):
      let path = resolved(path, bytesMax: ConfigurationLimits.pathBytesMax)
      return path.map { whole(.exec(ProgramSettings(path: $0))) }
    case ("gpio", let line?): return Self.gpioLine(line).map { whole(.gpio($0)) }
    case (let name, nil) where ConfigurationText.isName(name): return .named(name)
    default: return nil
    }
  }
}
