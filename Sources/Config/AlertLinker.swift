import Text

/// Resolves the names in conditions, alerts and outputs, so that the running agent needs none.
///
/// Conditions are ordered so that each refers to earlier ones only; one that depends on itself is
/// a fault. Outputs that stand in an alert are collected, each once.
struct AlertLinker {
  let faults: FaultList
  private(set) var conditions: [ConditionSettings] = []
  private(set) var alerts: [AlertSettings] = []
  private(set) var outputs: [OutputSettings]

  /// - Parameters:
  ///   - outputs: those of `[[output]]`.
  ///   - outputNames: their names, nil if some cannot be read.
  init(
    conditions named: [ConditionDraft], alerts drafts: [AlertDraft], outputs: [OutputSettings],
    outputNames: [String]?, faults: FaultList
  ) {
    (self.faults, self.outputs) = (faults, outputs)
    let all = named + drafts.map { $0.condition }
    var places = [Int?](repeating: nil, count: all.count)
    for index in all.indices { _ = link(index, all, &places, path: []) }
    for (number, draft) in drafts.enumerated() {
      guard let condition = places[named.count + number] else { continue }
      var settings = draft.settings
      settings.condition = condition
      settings.suppressors = draft.suppressors.compactMap { suppressor in
        guard let index = find(suppressor.text, suppressor.place, "suppress_when", .alert, all)
        else { return nil }
        return places[index]
      }
      settings.outputs = outputIndices(draft.outputs, outputNames)
      settings.escalationOutputs = outputIndices(draft.escalationOutputs, outputNames)
        .filter { !settings.outputs.contains($0) }
      alerts.append(settings)
    }
    checkSuppression(drafts, all)
    checkOutputConditions(outputNames)
    checkPrograms()
  }

  // MARK: conditions

  /// Appends the condition after those that it needs.
  private mutating func link(
    _ index: Int, _ all: [ConditionDraft], _ places: inout [Int?], path: [Int]
  ) -> Int? {
    if let place = places[index] { return place }
    let draft = all[index]
    guard !path.contains(index) else {
      faults.note(.dependsOnItself(draft.name), at: draft.sourcePlace)
      return nil
    }
    let test: ConditionTest
    switch draft.test {
    case .level(let source, let level): test = .level(source, level)
    case .health(let health): test = .health(health)
    case .combination(let kind, let operands):
      var found: [ConditionOperand] = []
      for operand in operands {
        guard
          let other = find(
            operand.name, operand.place, kind == .all ? "all" : "any", .condition, all),
          let place = link(other, all, &places, path: path + [index])
        else { continue }
        found.append(ConditionOperand(condition: place, isNegated: operand.isNegated))
      }
      guard found.count == operands.count else { return nil }
      test = .combination(kind, found)
    }
    conditions.append(
      ConditionSettings(
        name: draft.name, test: test, ageNanosecondsMax: draft.ageNanosecondsMax,
        place: draft.place, sourcePlace: draft.sourcePlace, levelPlace: draft.levelPlace))
    places[index] = conditions.count - 1
    return conditions.count - 1
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
  private func checkOutputConditions(_ names: [String]?) {
    guard names != nil else { return }
    for condition in conditions {
      if case .health(.output(let name)) = condition.test,
        outputs.contains(where: { $0.name == name && $0.kind == .socket })
      {
        faults.note(.outputWithoutHealth(name), at: condition.sourcePlace)
      }
      guard case .health(.output(let name)) = condition.test,
        !outputs.contains(where: { $0.name.utf8.elementsEqual(name.utf8) })
      else { continue }
      faults.note(
        .undefined(
          key: "source", in: .condition, found: name, what: .output_,
          known: outputs.map { $0.name }),
        at: condition.sourcePlace)
    }
  }
}
