import Config

/// One alert's way to one output: which of its events the output is told.
///
/// - A muted alert calls nobody, unless a person drills it. But an output that was told that the
///   alert stands is told once more: that it is muted, or that it is over. A siren that is on must
///   not stay on.
/// - An output of `escalate_to` is told from the escalation on, until the alert is over.
struct OutputLink {
  let alert: Int
  let output: Int
  let isEscalation: Bool
  /// The last that the output was told is that the alert stands.
  private var isCalling = false

  init(alert: Int, output: Int, isEscalation: Bool) {
    (self.alert, self.output, self.isEscalation) = (alert, output, isEscalation)
  }

  /// Hot: call it once for each event of the alert.
  mutating func takes(_ event: AlertEvent) -> Bool {
    let isEscalated = event.flags.contains(.escalated) || event.transition == .escalated
    let isDrill = event.flags.contains(.drill)
    let isMeant = (isDrill || !event.flags.isMute) && (!isEscalation || isEscalated)
    let wasCalling = isCalling
    isCalling = isMeant && (isDrill || event.phase != .normal)
    return isMeant || wasCalling
  }

  /// Every way from an alert of this configuration to an output that `isWanted`, the most urgent
  /// alerts first. An output that stands in both lists of an alert is told from the beginning.
  static func all(
    _ configuration: Configuration, where isWanted: (Int, OutputKind) -> Bool
  ) -> [OutputLink] {
    var links: [OutputLink] = []
    for severity in AlertSeverity.allCases.reversed() {
      for (index, alert) in configuration.alerts.enumerated() where alert.severity == severity {
        for output in alert.outputs where isWanted(output, configuration.outputs[output].kind) {
          links.append(OutputLink(alert: index, output: output, isEscalation: false))
        }
        for output in alert.escalationOutputs
        where !alert.outputs.contains(output)
          && isWanted(output, configuration.outputs[output].kind)
        {
          links.append(OutputLink(alert: index, output: output, isEscalation: true))
        }
      }
    }
    return links
  }
}
