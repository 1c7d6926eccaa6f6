import Config
import System

/// The programs of all alerts: one lane for each severity that has any, the most urgent first.
final class ProgramLanes: @unchecked Sendable {
  let lanes: [ProgramLane]
  /// For each alert the place of its lane; nil where none of its outputs is a program.
  private let laneOfAlert: [Int?]

  init(_ configuration: Configuration, health: OutputHealth) throws(SystemError) {
    let links = OutputLink.all(configuration) { _, kind in
      if case .exec = kind { true } else { false }
    }
    var lanes: [ProgramLane] = []
    var laneOfAlert = [Int?](repeating: nil, count: configuration.alerts.count)
    for severity in AlertSeverity.allCases.reversed() {
      let own = links.filter { configuration.alerts[$0.alert].severity == severity }
      guard !own.isEmpty else { continue }
      for link in own { laneOfAlert[link.alert] = lanes.count }
      lanes.append(
        try ProgramLane(
          severity, own, configuration, lines: EventLines(configuration), health: health))
    }
    (self.lanes, self.laneOfAlert) = (lanes, laneOfAlert)
  }

  /// Hot.
  func announce(_ event: AlertEvent) {
    guard let lane = laneOfAlert[event.alert] else { return }
    lanes[lane].inlet.put(event)
  }

  /// Hot.
  func tick() {
    for lane in lanes { lane.inlet.tick() }
  }

  /// Events wait for room: `tick` is due soon.
  var isBehind: Bool { lanes.contains { $0.inlet.isBehind } }

  func start() -> Bool {
    for lane in lanes {
      guard Thread.start("programs-\(lane.severity.rawValue)", { lane.run() }) else { return false }
    }
    return true
  }

  /// All lanes work at once until everything is told or that time is there. The most urgent is
  /// asked first.
  func stop(at deadline: Int64) {
    for lane in lanes { lane.stop(at: deadline) }
  }

  var isStopped: Bool { lanes.allSatisfy { $0.isStopped } }

  /// What was not told, one text each, the most urgent first.
  var untold: [String] {
    lanes.flatMap { lane in
      let name = "the programs of \(lane.severity.rawValue) alerts"
      guard let untold = lane.leftOver else { return ["\(name): their thread hangs"] }
      return lane.inlet.isBehind ? untold + ["\(name): what waited behind a full ring"] : untold
    }
  }

  static func byteCount(_ configuration: Configuration) -> Int {
    let alertCount = configuration.alerts.count
    let slots = OutputLink.all(configuration) { _, kind in
      if case .exec = kind { true } else { false }
    }.count
    guard slots > 0 else { return 0 }
    return ProgramSlots.byteCount(slots)
      + AlertSeverity.allCases.count
      * (OutputInlet.byteCount(alertCount: alertCount) + EventLines.byteCount + Thread.stackBytes)
  }
}
