import Text

/// An alert as it was read, before the names in it are resolved.
struct AlertDraft {
  var settings: AlertSettings
  var condition: ConditionDraft
  var suppressors: [(text: String, place: SourcePlace)]
  var outputs: [OutputReference]
  var escalationOutputs: [OutputReference]
}

/// Reads `[[alert]]`.
extension ConfigurationReader {
  private static let alertKeys =
    [
      "name", "votes", "hold", "clear_hold", "cooldown", "repeat", "escalate_after", "escalate_to",
      "severity", "latch", "acknowledge", "confirm", "unknown", "group", "suppress_when", "outputs",
    ] + conditionKeys

  /// Nil only when a fault was noted.
  func alert(_ table: TOMLTable, _ names: DefinedNames) -> AlertDraft? {
    let alert = TableReader(table, .alert, known: Self.alertKeys, faults: faults)
    let ofSource = alert.optional("name") == nil ? Self.nameOfSource(table)?.text : nil
    let name = ofSource ?? alert.text(alert.required("name"), .name)
    if let name, name.utf8.elementsEqual("all".utf8), let entry = alert.optional("name") {
      // `ack all` means every alert.
      faults.note(.reserved(name, in: .alert), at: entry.value.place)
    }
    let condition = condition(alert, name: name ?? "", names)
    var settings = AlertSettings(
      name: name ?? "", condition: 0, sourceText: condition?.text ?? "", place: alert.place)
    readTimes(alert, &settings)
    readStates(alert, &settings)
    let suppressors =
      alert.elements(alert.optional("suppress_when"), 1...ConfigurationLimits.operandsMax)?
      .compactMap { element in
        alert.text(element, .name).map { (text: $0, place: element.value.place) }
      } ?? []
    let outputs = references(alert, "outputs")
    let escalation = references(alert, "escalate_to")
    if settings.escalateNanoseconds > 0, escalation.isEmpty, alert.optional("escalate_to") == nil {
      _ = alert.required("escalate_to")
    }
    if alert.optional("escalate_after") == nil {
      alert.noteNotApplicable(["escalate_to"], .escalateAfter)
    }
    guard name != nil, let condition else { return nil }
    checkReach(of: settings, condition.test, in: alert, names)
    return AlertDraft(
      settings: settings, condition: condition, suppressors: suppressors, outputs: outputs,
      escalationOutputs: escalation)
  }

  /// The name that is written, or that of the source.
  static func placedName(ofAlert table: TOMLTable) -> (text: String, place: SourcePlace)? {
    table.entry("name")?.placedText ?? nameOfSource(table)
  }

  /// The name of an alert without one: what it looks at, `boiler-temperature` for
  /// `sensor:boiler.temperature`. Nil where that gives none, or `all`, which means every alert.
  private static func nameOfSource(_ table: TOMLTable) -> (text: String, place: SourcePlace)? {
    guard let source = table.entry("source")?.placedText else { return nil }
    let (_, rest) = ConfigurationText.split(source.text, at: ":")
    let name = ConfigurationText.name(from: rest ?? source.text)
    return name.isEmpty || name.utf8.elementsEqual("all".utf8) ? nil : (name, source.place)
  }

  private func readTimes(_ alert: TableReader, _ settings: inout AlertSettings) {
    if let votes = alert.parsed(alert.optional("votes"), .votes, Self.votes) {
      settings.votes = votes
    }
    let range = ConfigurationLimits.holdNanoseconds
    func time(_ key: String, _ range: ClosedRange<Int64>) -> Int64? {
      alert.duration(alert.optional(key), in: range)
    }
    if let hold = time("hold", range) { settings.holdNanoseconds = hold }
    if let hold = time("clear_hold", range) { settings.clearHoldNanoseconds = hold }
    if let cooldown = time("cooldown", range) { settings.cooldownNanoseconds = cooldown }
    let pauses = ConfigurationLimits.repeatNanoseconds
    if let pause = time("repeat", pauses) { settings.repeatNanoseconds = pause }
    if let pause = time("escalate_after", pauses) { settings.escalateNanoseconds = pause }
  }

  private func readStates(_ alert: TableReader, _ settings: inout AlertSettings) {
    if let severity = alert.choice(
      alert.optional("severity"), AlertSeverity.allCases.map { ($0.rawValue, $0) })
    {
      settings.severity = severity
    }
    if let latch = alert.boolean(alert.optional("latch")) { settings.latch = latch }
    if let needs = alert.boolean(alert.optional("acknowledge")) {
      settings.needsAcknowledgement = needs
    }
    if let needs = alert.boolean(alert.optional("confirm")) { settings.needsConfirmation = needs }
    if let policy = alert.choice(
      alert.optional("unknown"), UnknownPolicy.allCases.map { ($0.rawValue, $0) })
    {
      settings.unknown = policy
    }
    settings.group = alert.text(alert.optional("group"), .name)
    if !settings.needsAcknowledgement {
      // What waits for a person means nothing where no person is asked.
      let keys = ["latch", "confirm", "repeat", "escalate_after"].filter { key in
        if case .boolean(false)? = alert.optional(key)?.value.content { false } else { true }
      }
      alert.noteNotApplicable(keys, .acknowledgement)
    }
  }

  /// Reads `"2 of 3"`.
  private static func votes(_ text: String) -> AlertVotes? {
    let words = text.utf8.split(separator: UInt8(ascii: " "))
    guard words.count == 3, words[1].elementsEqual("of".utf8),
      let needed = Digits.number(String(Substring(words[0]))),
      let of = Digits.number(String(Substring(words[2]))),
      needed >= 1, needed <= of, of <= ConfigurationLimits.votesMax
    else { return nil }
    return AlertVotes(needed: Int(needed), of: Int(of))
  }

  private func references(_ alert: TableReader, _ key: String) -> [OutputReference] {
    let counts = 0...ConfigurationLimits.outputsMax
    guard let elements = alert.elements(alert.optional(key), counts) else { return [] }
    faults.noteDuplicates(key, in: .alert, elements.compactMap { $0.placedText })
    return elements.compactMap { element in
      alert.parsed(element, .output([]), outputReference).map {
        OutputReference(kind: $0, place: element.value.place, key: key)
      }
    }
  }
}
