import Testing

@testable import Config
@testable import Core
@testable import Models
@testable import SensorIO
@testable import System
import TestSupport
@testable import Text

/// An agent with version 1 active and another one proposed: the real hot thread, and the models'
/// thread, whose rounds the test calls.
final class TrialBench {
  let folder: TestFolder
  let versions: InstalledVersions
  let rig: AgentRig
  let adopter: ModelAdopter
  private let subscriber: Descriptor
  private let sensor: Descriptor

  /// - Parameter folder: one that has its versions already; otherwise the bench writes them.
  init(
    _ second: EchoModel, first: EchoModel = EchoModel(), trial: TrialSettings,
    deadline: Int64 = 3_600_000_000_000, above: Double = 0.9, fields: [String] = ["level"],
    folder: TestFolder? = nil
  ) throws {
    self.folder = folder ?? TestFolder()
    versions = InstalledVersions("echo", in: "\(self.folder.path)/models")
    if folder == nil {
      try first.write(to: self.folder)
      try second.write(to: self.folder)
      try versions.activate("1")
      try versions.propose(second.version)
    }
    rig = try AgentRig(
      Make.configuration(
        self.folder, sensors: [Make.sensor(.unix(path: "/unused"), fields: fields)],
        pipelines: [Make.pipeline(deadline: deadline, trial: trial)],
        alerts: [Make.alert(above: above)], publish: [.scores, .samples]))
    adopter = rig.adopter()
    rig.start()
    (subscriber, sensor) = (try rig.subscribe(), try rig.connect())
    #expect(try subscriber.events(1)[0]["type"]?.string == "hello")
    settle()
  }

  deinit { rig.stop() }

  /// Samples one by one, and everything that was published until each of them was through.
  @discardableResult
  func send(_ values: [Double]) throws -> [JSONValue] {
    try send(lines: values.map { "\($0)" })
  }

  @discardableResult
  func send(lines: [String]) throws -> [JSONValue] {
    var events: [JSONValue] = []
    for line in lines {
      try sensor.send("\(line)\n")
      while true {
        let more = try subscriber.events(1)
        events += more
        if more.isEmpty || more.contains(where: { $0["type"]?.string == "sample" }) { break }
      }
    }
    return events
  }

  /// Rounds of the adopter, each until the hot thread has answered.
  func settle(_ rounds: Int = 1) {
    for _ in 0..<rounds {
      #expect(
        eventually {
          adopter.round()
          return adopter.offered == nil
        })
    }
  }

  /// Rounds of the adopter until the condition is true. The hot thread publishes a sample before
  /// the candidate scores it, and answers after that.
  func settle(until isSo: () -> Bool) {
    #expect(
      eventually {
        adopter.round()
        return adopter.offered == nil && isSo()
      })
  }
}

extension [JSONValue] {
  /// The events of a type.
  func of(_ type: String) -> [JSONValue] { filter { $0["type"]?.string == type } }
}

extension EchoModel {
  static let same = EchoModel(version: "2")
  /// Its arg-max is another one, its alert the same.
  static let swapped = EchoModel(version: "2", labels: ["newer", "older"])
}
