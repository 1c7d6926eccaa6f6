import TestSupport

@testable import Config
@testable import Core

extension Make {
  /// An event of alert 0, unless another is given.
  static func event(
    _ transition: AlertTransition, alert: Int = 0, phase: AlertPhase? = nil,
    flags: AlertFlags = [], episode: Int64 = 1, value: Float = 0.96875, sample: Int64 = 1
  ) -> AlertEvent {
    let standing: AlertPhase =
      switch transition {
      case .cleared, .reset, .drillEnded: .normal
      case .acknowledged: .acknowledged
      default: .unacknowledged
      }
    return AlertEvent(
      alert: alert, transition: transition, phase: phase ?? standing, flags: flags,
      episode: episode, value: value, sample: sample, arrival: 56_789, wall: 0, latency: 0)
  }

  /// A configuration of alerts alone.
  static func outputs(_ folder: TestFolder, _ alerts: [MadeAlert]) -> Configuration {
    configuration(
      folder, sensors: [sensor(.standardInput)], pipelines: [pipeline()], alerts: alerts)
  }
}
