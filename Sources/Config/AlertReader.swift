import Text

/// Reads `[[alert]]` into `AlertSettings`.
extension ConfigurationReader {
  private static let alertKeys = [
    "name", "source", "above", "clear_below", "votes", "hold", "severity", "latch", "outputs",
  ]

  /// Nil only when a fault was noted.
  func alert(_ table: TOMLTable, pipelineNames: [String]?) -> AlertSettings? {
    let alert = TableReader(table, .alert, known: Self.alertKeys, faults: faults)
    let name = alert.text(alert.required("name"), .name)
    let source = source(alert, pipelineNames)
    let above = alert.number(alert.required("above"), .number(0...1))
    let clearBelow = alert.number(alert.optional("clear_below"), .number(0...(above ?? 1)))
    let votes = alert.parsed(alert.optional("votes"), .votes, Self.votes)
    let hold = alert.duration(alert.optional("hold"), in: ConfigurationLimits.holdNanoseconds)
    let severity = alert.choice(
      alert.optional("severity"), AlertSeverity.allCases.map { ($0.rawValue, $0) })
    let latch = alert.boolean(alert.optional("latch"))
    let outputs = outputs(alert)
    guard let name, let source, let above else { return nil }
    var settings = AlertSettings(
      name: name, source: source, above: above, clearBelow: clearBelow ?? above,
      outputs: outputs, place: alert.place, sourcePlace: alert.place(of: "source"),
      outputsPlace: alert.place(of: "outputs"))
    if let votes { settings.votes = votes }
    if let hold { settings.holdNanoseconds = hold }
    if let severity { settings.severity = severity }
    if let latch { settings.latch = latch }
    return settings
  }

  private func source(_ alert: TableReader, _ pipelineNames: [String]?) -> AlertSource? {
    let source = alert.parsed(alert.required("source"), .source, Self.source)
    guard let source else { return nil }
    if let pipelineNames, !pipelineNames.contains(bytesOf: source.pipeline) {
      let kind = ConfigurationFaultKind.undefined(
        key: "source", in: .alert, found: source.pipeline, what: .pipeline, known: pipelineNames)
      faults.note(kind, at: alert.place(of: "source"))
    }
    return source
  }

  /// Reads `"pipeline.label"`.
  private static func source(_ text: String) -> AlertSource? {
    let (pipeline, label) = ConfigurationText.split(text, at: ".")
    guard ConfigurationText.isName(pipeline), let label,
      ConfigurationText.isLine(label, bytes: 1...ConfigurationLimits.nameBytesMax)
    else { return nil }
    return AlertSource(pipeline: pipeline, label: label)
  }

  /// Reads `"2 of 3"`.
  private static func votes(_ text: String) -> AlertVotes? {
    let words = text.utf8.split(separator: UInt8(ascii: " "))
    guard words.count == 3, words[1].elementsEqual("of".utf8),
      let needed = count(words[0]), let of = count(words[2]),
      needed >= 1, needed <= of, of <= ConfigurationLimits.votesMax
    else { return nil }
    return AlertVotes(needed: needed, of: of)
  }

  /// Reads digits only: `Int` would accept a sign, too.
  private static func count(_ digits: Substring.UTF8View) -> Int? {
    digits.allSatisfy(Digits.isDecimal) ? Int(String(Substring(digits))) : nil
  }

  // MARK: Outputs

  private func outputs(_ alert: TableReader) -> [OutputSettings] {
    let counts = 0...ConfigurationLimits.outputsMax
    guard let elements = alert.elements(alert.optional("outputs"), counts) else { return [] }
    faults.noteDuplicates("outputs", in: .alert, elements.compactMap { $0.placedText })
    return elements.compactMap { element in
      guard !noteUnsupportedOutput(element) else { return nil }
      return alert.parsed(element, .output, output)
    }
  }

  private func output(_ text: String) -> OutputSettings? {
    switch ConfigurationText.split(text, at: ":") {
    case ("socket", nil): return .socket
    case ("journal", nil): return .journal
    case ("exec", let path?):
      let path = resolved(path, bytesMax: ConfigurationLimits.pathBytesMax)
      return path.map { .exec(path: $0) }
    default: return nil
    }
  }

  private func noteUnsupportedOutput(_ element: TOMLEntry) -> Bool {
    guard case .string(let text) = element.value.content else { return false }
    guard case ("gpio", _?) = ConfigurationText.split(text, at: ":") else { return false }
    let kind = ConfigurationFaultKind.unsupportedValue(
      key: element.key, in: .alert, found: "gpio:", supported: ["socket", "journal", "exec:/path"])
    faults.note(kind, at: element.value.place)
    return true
  }
}
