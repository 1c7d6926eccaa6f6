import Testing

@testable import Config
import TestSupport
@testable import Text

@testable import edgeagent

/// Goal: an output that cannot work, and an alert that reaches nobody, are told before the start.
@Suite struct OutputCheckTests {
  let folder = TestFolder()

  private func problems(_ outputs: [OutputKind]) -> [String] {
    let configuration = Make.configuration(
      folder, sensors: [Make.sensor(.standardInput)], alerts: [Make.alert(outputs: outputs)])
    return OutputCheck.problems(configuration).map { line in
      String(line.split(separator: ": ").last ?? "")
    }
  }

  @Test func `an alert without outputs reaches nobody`() {
    #expect(problems([]).first?.contains("so nobody is told") == true)
  }

  @Test func `what is not there`() throws {
    let missing = "\(folder.path)/missing"
    #expect(
      problems([.exec(ProgramSettings(path: missing))]) == ["no such program"])
    #expect(
      problems([.exec(ProgramSettings(path: "/bin/echo x"))]) == ["write a script"])
    let text = try folder.file("text", Array("x".utf8))
    #expect(
      problems([.exec(ProgramSettings(path: text))]) == ["chmod +x"])
    #expect(problems([.gpio(GPIOSettings(chip: missing, line: 1))])[0].hasPrefix("no such chip"))
    #expect(
      problems([.serial(SerialOutputSettings(path: missing, raise: [1]))])[0]
        .hasPrefix("no such device"))
    #expect(
      problems([.mqtt(MQTTSettings(socket: missing, topic: "t"))])[0].hasPrefix("no such socket"))
  }

  @Test func `what is there`() throws {
    let program = try folder.script("siren", "exit 0")
    #expect(problems([.socket, .journal, .exec(ProgramSettings(path: program))]) == [])
  }
}
