import Text

/// The alerts that the agent makes itself: an alert that can no longer go off has to say so.
///
/// Each sensor and each pipeline that an alert depends on gets one, with the outputs and the
/// greatest severity of those alerts, unless the configuration has such an alert, or says
/// `dead_man = false`.
extension Configuration {
  mutating func addDeadManAlerts() {
    let written = alerts
    for sensor in sensors where sensor.hasDeadMan && sensor.staleAfterNanoseconds > 0 {
      let dependents = written.filter { dependsOn($0.condition, sensor: sensor.name) }
      add(
        .stale(sensor: sensor.name), "\(sensor.name)-stale", "stale:\(sensor.name)",
        for: dependents)
    }
    for pipeline in pipelines where pipeline.hasDeadMan {
      let dependents = written.filter { dependsOn($0.condition, pipeline: pipeline.name) }
      add(
        .disabled(pipeline: pipeline.name), "\(pipeline.name)-disabled",
        "disabled:\(pipeline.name)", for: dependents)
    }
  }

  private mutating func add(
    _ health: HealthSource, _ preferred: String, _ text: String, for dependents: [AlertSettings]
  ) {
    // A condition alone tells nobody: only an alert of its own takes the place.
    let isWritten = alerts.contains { alert in
      !alert.isDeadMan && conditions[alert.condition].test == .health(health)
    }
    guard let first = dependents.first, !isWritten else { return }
    let name = freeName(preferred)
    conditions.append(
      ConditionSettings(
        name: name, test: .health(health), place: first.place, sourcePlace: first.place,
        levelPlace: first.place))
    var alert = AlertSettings(
      name: name, condition: conditions.count - 1, sourceText: text, place: first.place)
    alert.severity = dependents.map { $0.severity }.max()!
    for dependent in dependents {
      for output in dependent.outputs where !alert.outputs.contains(output) {
        alert.outputs.append(output)
      }
    }
    alert.needsAcknowledgement = false
    alert.isDeadMan = true
    alerts.append(alert)
  }

  /// A name that no condition has. It depends on the sensor or the pipeline alone, not on the
  /// others: what people did about an alert is kept by its name.
  private func freeName(_ preferred: String) -> String {
    let bytesMax = ConfigurationLimits.nameBytesMax
    var name = preferred
    while name.utf8.count > bytesMax || conditions.contains(where: { $0.name == name }) {
      let suffix = "-" + Self.digest(name)
      name =
        String(decoding: name.utf8.prefix(bytesMax - suffix.utf8.count), as: UTF8.self) + suffix
    }
    return name
  }

  /// FNV-1a of the text, in eight hexadecimal digits.
  private static func digest(_ text: String) -> String {
    var hash: UInt32 = 0x811C_9DC5
    for byte in text.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
    var digits = ""
    for place in 0..<8 {
      let digit = UInt8(hash >> UInt32(28 - 4 * place) & 15)
      digits.unicodeScalars.append(Unicode.Scalar(digit < 10 ? 48 + digit : 87 + digit))
    }
    return digits
  }

  /// There is something to do without any model: an alert on a field, or on the board's health.
  package var hasAlertWithoutModel: Bool {
    alerts.contains { alert in
      !alert.isDeadMan && !pipelines.contains { dependsOn(alert.condition, pipeline: $0.name) }
    }
  }

  /// Whether a condition, or one that it combines, needs samples of that sensor.
  package func dependsOn(_ condition: Int, sensor: String) -> Bool {
    leaves(of: condition).contains { leaf in
      switch conditions[leaf].test {
      case .level(.score(let pipeline, _), _), .level(.share(.late(let pipeline), _), _):
        pipelines.first { $0.name == pipeline }?.sensor == sensor
      case .level(.field(let name, _), _), .level(.derived(let name, _, _, _), _),
        .level(.share(.refused(let name), _), _), .level(.share(.rate(let name), _), _),
        .health(.stuck(let name, _, _, _)):
        name == sensor
      case .health, .combination: false
      }
    }
  }

  /// Whether a condition, or one that it combines, needs scores of that pipeline.
  package func dependsOn(_ condition: Int, pipeline: String) -> Bool {
    leaves(of: condition).contains { leaf in
      switch conditions[leaf].test {
      case .level(.score(let name, _), _), .level(.share(.late(let name), _), _): name == pipeline
      case .level, .health, .combination: false
      }
    }
  }

  /// The conditions without operands that a condition needs, each once, however often they are
  /// combined.
  package func leaves(of condition: Int) -> [Int] {
    var leaves: [Int] = []
    var isSeen = [Bool](repeating: false, count: conditions.count)
    var waiting = [condition]
    while let next = waiting.popLast() {
      if isSeen[next] { continue }
      isSeen[next] = true
      if case .combination(_, let operands) = conditions[next].test {
        waiting += operands.map { $0.condition }
      } else {
        leaves.append(next)
      }
    }
    return leaves
  }
}
