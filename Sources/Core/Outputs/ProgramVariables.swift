import Config
import System

/// What a program finds in its environment.
enum ProgramVariables {
  static func all(_ queued: QueuedEvent, _ configuration: Configuration) -> [String] {
    let event = queued.event
    let alert = configuration.alerts[event.alert]
    func bit(_ flag: AlertFlags) -> String { event.flags.contains(flag) ? "1" : "0" }
    return [
      "EDGEAGENT_AGENT=\(configuration.agent.id)",
      "EDGEAGENT_ALERT=\(alert.name)",
      "EDGEAGENT_STATE=\(event.transition.word)",
      "EDGEAGENT_PHASE=\(event.phase.word)",
      "EDGEAGENT_SEVERITY=\(alert.severity.rawValue)",
      "EDGEAGENT_SOURCE=\(alert.sourceText)",
      "EDGEAGENT_VALUE=\(event.value)",
      // The older name, for programs that were written for it.
      "EDGEAGENT_SCORE=\(event.value)",
      "EDGEAGENT_LEVEL=\(event.level.isNaN ? "" : "\(event.level)")",
      "EDGEAGENT_EPISODE=\(event.episode)",
      "EDGEAGENT_REPEAT=\(event.repeatCount)",
      "EDGEAGENT_SAMPLE=\(event.sample)",
      "EDGEAGENT_AT=\(event.arrival)",
      "EDGEAGENT_PERSON=\(event.person.text)",
      "EDGEAGENT_MISSED=\(queued.missed)",
      "EDGEAGENT_DRILL=\(bit(.drill))",
      "EDGEAGENT_SHELVED=\(event.flags.isShelved ? "1" : "0")",
      "EDGEAGENT_SUPPRESSED=\(bit(.suppressed))",
      "EDGEAGENT_OUT_OF_SERVICE=\(bit(.outOfService))",
      "EDGEAGENT_SILENCED=\(bit(.silenced))",
      "EDGEAGENT_FIRST=\(bit(.first))",
      "EDGEAGENT_ESCALATED=\(bit(.escalated))",
    ]
  }
}
