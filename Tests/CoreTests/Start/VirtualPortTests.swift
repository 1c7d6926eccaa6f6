import TestSupport
import Testing

@testable import Config
@testable import Core
@testable import SensorIO
@testable import System

/// Goal: a recording's bytes become the same samples, windows and alerts that the hot thread made
/// of them, in the recording's own time.
/// Method: a model whose scores are its window, two samples long, due with each sample.
@Suite struct VirtualPortTests {
  private let folder = TestFolder()
  private static let line: PortAddress = .serial(path: "/d", SerialSettings())

  private func make(
    _ port: PortAddress = .unix(path: "/s"), model: EchoModel = EchoModel(), stride: Int? = nil,
    _ change: (inout SensorSettings)
      -> Void = { _ in }
  ) throws -> (VirtualCore, VirtualPort) {
    try model.write(to: folder)
    var sensor = Make.sensor(port)
    change(&sensor)
    var pipeline = Make.pipeline()
    pipeline.stride = stride
    let core = try VirtualCore(
      Make.configuration(
        folder, sensors: [sensor], pipelines: [pipeline], alerts: [Make.alert()]))
    return (core, VirtualPort(core, sensor: 0, sensor))
  }

  private func take(_ port: VirtualPort, _ text: String, stream: Int = 0) {
    Array(text.utf8).withUnsafeBytes { port.take($0, stream: stream) }
  }

  /// Samples, and frames that became none.
  private func counts(_ core: VirtualCore) -> [Int64] {
    let counts = core.counts(sensor: 0)
    return [counts.samples, counts.refused]
  }

  @Test func `bytes become frames however they were read`() throws {
    let (core, port) = try make()
    take(port, "0\n1")
    take(port, "\nx\n0\n")
    #expect(core.transitions.map { $0.state } == ["raised", "cleared"])
    #expect(core.transitions.map { $0.sample } == [2, 3])
    #expect(counts(core) == [3, 1])
    #expect(core.windowCount == 2)
  }

  @Test func `producers do not break each other's frames, and begin anew`() throws {
    let (core, port) = try make()
    take(port, "0", stream: 1)
    take(port, "1\n", stream: 2)
    take(port, "", stream: 1)
    take(port, "1\n", stream: 1)
    #expect(counts(core) == [2, 0])
    #expect(core.transitions.map { $0.state } == ["raised"])
  }

  @Test func `a line that was not quiet at first begins in the middle of a frame`() throws {
    for (quiet, samples) in [(Int64(0), Int64(1)), (PipelineLimits.quietNanoseconds, 2)] {
      let (core, port) = try make(Self.line)
      core.advance(to: quiet)
      take(port, "5\n6\n")
      #expect(core.counts(sensor: 0).samples == samples)
    }
  }

  @Test func `a half frame ends with a pause`() throws {
    let (core, port) = try make(Self.line)
    port.advance(to: 50_000_000)
    take(port, "1")
    port.advance(to: 2_000_000_000)
    #expect(counts(core) == [0, 1])
    take(port, "1\n1\n")
    #expect(counts(core) == [1, 1], "the rest of the line is thrown away")
  }

  private func makeLength() throws -> (VirtualCore, VirtualPort) {
    try make { sensor in
      let length = PacketLength.carried(at: 0, byteCount: 1, isBigEndian: false, adds: 1)
      sensor.framing = .packet(PacketSettings(length: length, header: 1))
    }
  }

  @Test func `a pause ends in the time of the recording, and not with the next bytes`() throws {
    let (core, port) = try makeLength()
    take(port, "\u{1}0")
    port.advance(to: 20_000_000)
    // A false length swallows the frame behind it.
    take(port, "\u{7F}\u{1}1")
    #expect(counts(core) == [1, 0])
    port.advance(to: 10_000_000_000)
    #expect(counts(core) == [2, 1])
    #expect(core.transitions.map { $0.state } == ["raised"])
    #expect(core.transitions.first?.time == 20_000_000, "when its bytes came")
  }

  @Test func `the end of the recording ends half frames`() throws {
    let (core, port) = try makeLength()
    take(port, "\u{1}0\u{7F}\u{1}1")
    #expect(counts(core) == [1, 0])
    port.finish()
    #expect(counts(core) == [2, 1])
    #expect(core.transitions.map { $0.state } == ["raised"])
    let (other, cut) = try make()
    take(cut, "0\n0.")
    cut.finish()
    #expect(counts(other) == [1, 0], "the end cut it, not the device")
  }

  @Test func `no window spans a gap`() throws {
    let (core, port) = try make(Self.line)
    var time: Int64 = 40_000_000
    for (index, value) in [1, 0, 1, 0, 1].enumerated() {
      core.advance(to: time)
      take(port, "\(value)\n")
      // Behind the second sample is a pause of a second.
      time += index == 1 ? 1_000_000_000 : 20_000_000
    }
    // 1 0 | 1 0 1: windows (1 0), (1 0), (0 1).
    #expect(core.windowCount == 3)
    #expect(core.transitions.map { $0.sample } == [5])
  }

  /// A batch makes up for the pause: every sample has completed a window, and none is left out.
  @Test func `a window that was kept back leaves out none at its sample`() throws {
    let labels = (1..<20).map { "label \($0)" } + ["newer"]
    let (core, port) = try make(Self.line, model: EchoModel(window: 20, labels: labels))
    for sample: Int64 in 1...20 {
      port.advance(to: (20 + 20 * sample) * 1_000_000)
      take(port, "0\n")
    }
    #expect(core.windowCount == 1)
    // Fifteen are missing. With the ninth that comes at once, it is plain that none is lost.
    port.advance(to: 740_000_000)
    take(port, String(repeating: "0\n", count: 8) + "1\n")
    #expect(core.windowCount == 10)
    #expect(core.transitions.map { $0.state } == ["raised"])
  }

  @Test func `windows are where those of the recorded agent were`() throws {
    for window: Int64 in [100, 101, 102, 7, -5] {
      let (core, port) = try make(stride: 3)
      core.begin(sensor: 0, samplesBefore: 100, isMidway: true)
      core.align(pipeline: 0, window: window)
      var due: [Int64] = []
      for sample: Int64 in 101...120 {
        let before = core.windowCount
        take(port, "0\n")
        if core.windowCount > before { due.append(sample) }
      }
      #expect(due.count >= 6)
      #expect(due.allSatisfy { ($0 - window) % 3 == 0 }, "\(window): \(due)")
    }
  }

  @Test func `the numbers of a hostile head trap nowhere`() throws {
    for sample: Int64 in [.min, -1, 0, .max] {
      for before: Int64 in [.min, 0, .max] {
        let (core, port) = try make(stride: 3)
        core.begin(sensor: 0, samplesBefore: before, isMidway: true)
        core.align(pipeline: 0, window: sample)
        take(port, "0\n0\n0\n")
        #expect(core.counts(sensor: 0).samples == min(max(0, before), 1 << 62) + 3)
      }
    }
  }

  @Test func `the checksum tells scores apart`() throws {
    var sums: [UInt32] = []
    for text in ["0\n1\n", "0\n1\n", "0\n1.0000001\n"] {
      let (core, port) = try make()
      take(port, text)
      sums.append(core.scoreChecksum)
    }
    #expect(sums[0] == sums[1] && sums[0] != sums[2])
  }
}
