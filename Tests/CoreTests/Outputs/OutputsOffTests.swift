import TestSupport
import Testing

@testable import Config
@testable import Core
@testable import System

/// Goal: after the agent every line is as without an agent, and one fault hides no other line.
/// Method: a recording chip.
@Suite struct OutputsOffTests {
  private func configuration(_ folder: TestFolder) -> Configuration {
    let plain = GPIOSettings(chip: "/dev/gpiochip9", line: 4)
    var failSafe = GPIOSettings(chip: "/dev/gpiochip9", line: 5)
    failSafe.isFailSafe = true
    return Make.outputs(
      folder,
      [
        Make.alert(
          outputs: [
            .socket, .gpio(plain), .gpio(failSafe), .exec(ProgramSettings(path: "/bin/true")),
          ])
      ])
  }

  @Test func `every line is driven inactive and let go of`() {
    let (folder, recorder) = (TestFolder(), GPIORecorder())
    let results = OutputsOff.drive(configuration(folder), driver: recorder.driver)
    #expect(recorder.take() == ["4:0", "4x", "5:0", "5x"])
    #expect(results.map { $0.error } == [nil, nil])
  }

  @Test func `a line that cannot be had is named, and the others are tried`() {
    let (folder, recorder) = (TestFolder(), GPIORecorder())
    recorder.requestError = .busy(chip: "/dev/gpiochip9", line: 4, holder: "edgeagent")
    let results = OutputsOff.drive(configuration(folder), driver: recorder.driver)
    #expect(results.count == 2)
    #expect(results.allSatisfy { $0.error != nil })
  }

  @Test func `the list says what each output is`() {
    let folder = TestFolder()
    let list = OutputsOff.list(configuration(folder))
    #expect(list.count == 4)
    #expect(list[0].hasSuffix(": events socket"))
    #expect(list[2].contains("/dev/gpiochip9 line 5, siren, steady, fail-safe; /dev/gpiochip9: no"))
    #expect(list[3].hasSuffix(": program /bin/true"))
  }
}
