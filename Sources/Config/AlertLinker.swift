import Text

/// Resolves the names in conditions, alerts and outputs, so that the running agent needs none.
///
/// Conditions are ordered so that each refers to earlier ones only; one that depends on itself is
/// a fault. Outputs that stand in an alert are collected, each once.
struct AlertLinker {
  let faults: FaultList
  private var devices: DeviceClaims
  private(set) var conditions: [ConditionSettings] = []
  private(set) var alerts: [AlertSettings] = []
  private(set) var outputs: [OutputSettings]

  /// - Parameters:
  ///   - outputs: those of `[[output]]`.
  ///   - outputNames: their names, nil if some cannot be read.
  ///   - devices: those that are taken already, also by these outputs.
  init(
    conditions named: [ConditionDraft], alerts drafts: [AlertDraft], outputs: [OutputSettings],
    outputNames: [String]?, devices: DeviceClaims, faults: FaultList
  ) {
    (self.faults, self.outputs, self.devices) = (faults, outputs, devices)
    let all = named + drafts.map { $0.condition }
    var places = [Place](repeating: .unknown, count: all.count)
    for index in all.indices { _ = link(index, all, &places) }
    for (number, draft) in drafts.enumerated() {
      guard let condition = places[named.count + number].index else { continue }
      var settings = draft.settings
      settings.condition = condition
      settings.suppressors = draft.suppressors.compactMap { suppressor in
        guard let index = find(suppressor.text, suppressor.place, "suppress_when", .alert, all)
        else { return nil }
        return places[index].index
      }
      settings.outputs = outputIndices(draft.outputs, outputNames)
      settings.escalationOutputs = outputIndices(draft.escalationOutputs, outputNames)
        .filter { !settings.outputs.contains($0) }
      alerts.append(settings)
    }
    checkSuppression(drafts, all)
    checkOutputConditions(all, outputNames)
    checkPrograms()
  }

  // MARK: conditions

  /// What became of a draft. One that failed is remembered too: each that needs it would link it
  /// again and say its fault again, in chains of combinations exponentially often.
  private enum Place {
    case unknown, linking, failed
    /// Index in `conditions`.
    case at(Int)

    var index: Int? {
      guard case .at(let index) = self else { return nil }
      return index
    }
  }

  /// - Returns: its index in `conditions`; nil when a fault was noted.
  private mutating func link(
    _ index: Int, _ all: [ConditionDraft], _ places: inout [Place]
  ) -> Int? {
    let draft = all[index]
    switch places[index] {
    case .at(let place): return place
    case .failed: return nil
    case .linking: faults.note(.dependsOnItself(draft.name), at: draft.sourcePlace)
    case .unknown:
      places[index] = .linking
      guard let test = test(of: draft, all, &places) else { break }
      conditions.append(
        ConditionSettings(
          name: draft.name, test: test, ageNanosecondsMax: draft.ageNanosecondsMax,
          place: draft.place, sourcePlace: draft.sourcePlace, levelPlace: draft.levelPlace))
      places[index] = .at(conditions.count - 1)
      return conditions.count - 1
    }
    places[index] = .failed
    return nil
  }

  /// Links the conditions that this one needs, so that they come before it.
  private mutating func test(
    of draft: ConditionDraft, _ all: [ConditionDraft], _ places: inout [Place]
  ) -> ConditionTest? {
    switch draft.test {
    case .level(let source, let level): return .level(source, level)
    case .health(let health): return .health(health)
    case .combination(let kind, let operands):
      var found: [ConditionOperand] = []
      for operand in operands {
        guard let other = find(operand.name, operand.place, draft.key, draft.table, all),
          let place = link(other, all, &places)
        else { continue }
        found.append(ConditionOperand(condition: place, isNegated: operand.isNegated))
      }
      return found.count == operands.count ? .combination(kind, found) : nil
    }
  }

  private func find(
    _ name: String, _ place: SourcePlace, _ key: String, _ table: ConfigurationTable,
    _ all: [ConditionDraft]
  ) -> Int? {
    if let index = all.firstIndex(where: { $0.name.utf8.elementsEqual(name.utf8) }) {
      return index
    }
    faults.note(
      .undefined(
        key: key, in: table, found: name, what: .condition, known: all.map { $0.name }),
      at: place)
    return nil
  }

  /// An alert whose suppressor needs the alert's own condition could never be heard. So could two
  /// that suppress each other.
  private func checkSuppression(_ drafts: [AlertDraft], _ all: [ConditionDraft]) {
    for alert in alerts {
      var reached: [Int] = []
      var waiting = alert.suppressors
      while let condition = waiting.popLast() {
        if reached.contains(condition) { continue }
        reached.append(condition)
        if case .combination(_, let operands) = conditions[condition].test {
          waiting += operands.map { $0.condition }
        }
        // What suppresses the alert that this condition stands in.
        for other in alerts where other.condition == condition { waiting += other.suppressors }
      }
      if reached.contains(alert.condition) {
        let place = drafts.first { $0.settings.name == alert.name }?.suppressors.first?.place
        faults.note(.suppressesItself(alert.name), at: place ?? alert.place)
      }
    }
  }

  // MARK: outputs

  private mutating func outputIndices(
    _ references: [OutputReference], _ names: [String]?
  ) -> [Int] {
    references.compactMap { reference in
      switch reference.kind {
      case .whole(var output):
        if let index = outputs.firstIndex(where: { $0.name == output.name }) { return index }
        output.place = reference.place
        devices.claim(output, in: reference.key)
        outputs.append(output)
        return outputs.count - 1
      case .named(let name):
        if let index = outputs.firstIndex(where: { $0.name == name }) { return index }
        if let names, !names.contains(bytesOf: name) {
          faults.note(
            .unexpected(
              key: reference.key, in: .alert, found: .string(name), expected: .output(names)),
            at: reference.place)
        }
        return nil
      }
    }
  }

  /// Each program has its own place to run, so that none waits for another.
  private func checkPrograms() {
    let programs = outputs.filter { if case .exec = $0.kind { true } else { false } }
    guard programs.count > ConfigurationLimits.programsMax else { return }
    faults.note(
      .tooManyPrograms(found: programs.count),
      at: programs[ConfigurationLimits.programsMax].place)
  }

  /// `output:NAME` names an output.
  private func checkOutputConditions(_ drafts: [ConditionDraft], _ names: [String]?) {
    guard names != nil else { return }
    for draft in drafts {
      guard case .health(.output(let name)) = draft.test else { continue }
      let output = outputs.first { $0.name.utf8.elementsEqual(name.utf8) }
      if output?.kind == .socket {
        faults.note(.outputWithoutHealth(name), at: draft.sourcePlace)
      }
      guard output == nil else { continue }
      let known = outputs.filter { $0.kind != .socket }.map { $0.name }
      faults.note(
        .undefined(key: draft.key, in: draft.table, found: name, what: .output_, known: known),
        at: draft.sourcePlace)
    }
  }
}
