import Config

/// One alert: its settings, where it goes, and the state that it is in.
final class Alert {
  /// Index among the configuration's alerts.
  let index: Int
  let settings: AlertSettings
  /// Index of its condition's sensor; -1 where it has none, or more than one.
  let sensor: Int
  /// All sensors that it needs.
  let sensors: [Int]
  let goesToSocket: Bool
  let goesToJournal: Bool
  var machine: AlertMachine
  /// Episodes since start.
  private(set) var raiseCount: Int64 = 0
  /// Who acknowledged the episode that stands.
  private(set) var acknowledgedBy = PersonName()

  init(index: Int, in configuration: Configuration, machine: AlertMachine? = nil) {
    self.index = index
    settings = configuration.alerts[index]
    self.machine = machine ?? AlertMachine(AlertMachine.Settings(settings))
    let condition = settings.condition
    let needed = configuration.sensors.indices.filter {
      configuration.dependsOn(condition, sensor: configuration.sensors[$0].name)
    }
    sensors = needed
    sensor = needed.count == 1 ? needed[0] : -1
    let kinds = (settings.outputs + settings.escalationOutputs).map {
      configuration.outputs[$0].kind
    }
    goesToSocket = kinds.contains(.socket)
    goesToJournal = kinds.contains(.journal)
  }

  func counted(_ transition: AlertTransition, by person: PersonName) {
    if transition == .raised { raiseCount += 1 }
    if transition == .raised || transition == .repeated { acknowledgedBy = PersonName() }
    if transition == .acknowledged { acknowledgedBy = person }
  }

  /// At start: who had acknowledged it before.
  func remember(acknowledgedBy person: PersonName) { acknowledgedBy = person }
}
