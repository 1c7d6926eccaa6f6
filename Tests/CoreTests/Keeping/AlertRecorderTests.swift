import TestSupport
import Testing

@testable import Config
@testable import Core
@testable import SensorIO
@testable import Store
@testable import System

/// Goal: an alert's recording has the frames from before and after it, says whose they are, and is
/// bounded in number and size.
/// Method: a ring that the test fills, marks that it makes, times that it chooses.
@Suite struct AlertRecorderTests {
  private let folder = TestFolder()
  private let second: Int64 = 1_000_000_000

  private final class Bench {
    let ring = HistoryRing(byteCount: 16 << 10)
    let box = BlackBox(wakeup: Wakeup())
    let recorder: AlertRecorder
    let board: AlertBoard
    let channel: SensorChannel

    init(_ folder: TestFolder) throws {
      var sensor = Make.sensor(.unix(path: "/s"))
      sensor.written = WrittenTable("name = \"wrist\"\nport = \"unix:/s\"\nfields = [\"level\"]\n")
      try EchoModel().write(to: folder)
      let configuration = Make.configuration(
        folder, sensors: [sensor], pipelines: [Make.pipeline()], alerts: [Make.alert()])
      channel = SensorChannel(
        index: 0, settings: sensor,
        decoder: try SampleDecoder(sensor.decoding, fields: sensor.fields), pipelines: [],
        frames: ring)
      board = AlertBoard(configuration, at: 0)
      recorder = AlertRecorder(
        configuration, StoreSettings(path: "", place: Make.place), history: ModelHistory([]),
        box: box, rings: [ring])
    }

    func frame(_ number: Int64, at time: Int64, _ bytes: [UInt8] = [0x31]) {
      bytes.withUnsafeBytes { _ = ring.put(stamp: time, number: number - 1, $0) }
    }

    func raise(_ episode: Int64, sample: Int64, at time: Int64) {
      let event = AlertEvent(
        alert: 0, transition: .raised, episode: episode, value: 0.5, sample: sample,
        arrival: time, wall: 0, latency: 0)
      box.mark(event, board.alerts[0], [channel])
    }
  }

  private func read(_ recording: NewRecording) throws -> (RecordingHead, [Int64], Bool) {
    var reader = try RawRecordingReader(recording.bytes)
    let head = try RecordingHead(reader.head, file: "x")
    var times: [Int64] = []
    while let item = reader.next() {
      #expect(item.content == .frames)
      times.append(item.arrival)
    }
    return (head, times, reader.ending == .whole)
  }

  @Test func `ten seconds before and five after are in it`() throws {
    let bench = try Bench(folder)
    for number: Int64 in 1...30 { bench.frame(number, at: number * second) }
    bench.raise(4, sample: 30, at: 30 * second)
    #expect(bench.recorder.round(at: 31 * second).isEmpty)
    for number: Int64 in 31...40 {
      bench.frame(number, at: number * second)
      if number < 35 { #expect(bench.recorder.round(at: number * second).isEmpty) }
    }
    let made = bench.recorder.round(at: 40 * second)
    #expect(made.map { $0.episode } == [4] && made[0].at == 30 * second)
    let (head, times, isWhole) = try read(made[0])
    #expect(times == (0...15).map { $0 * second } && isWhole)
    #expect(head.samplesBefore == 19 && head.at == 20 * second && head.agent == "ward-7")
    #expect(head.alert?.name == "high" && head.alert?.sample == 30 && head.alert?.value == 0.5)
    #expect(head.sensor?.name == "wrist")
    #expect(bench.recorder.round(at: 50 * second).isEmpty && bench.recorder.takeLost() == 0)
  }

  @Test func `the stop of the agent ends it`() throws {
    let bench = try Bench(folder)
    bench.frame(1, at: second)
    bench.raise(1, sample: 1, at: second)
    let made = bench.recorder.round(at: 2 * second, isLast: true)
    #expect(made.count == 1)
    let (_, times, _) = try read(made[0])
    #expect(times == [0])
  }

  @Test func `in a flood the first are recorded and the others are counted`() throws {
    let bench = try Bench(folder)
    bench.frame(1, at: second)
    for episode: Int64 in 1...20 { bench.raise(episode, sample: 1, at: second) }
    let made = bench.recorder.round(at: 10 * second)
    #expect(made.map { $0.episode } == Array(1...Int64(KeepingLimits.recordingsOpenMax)))
    #expect(bench.recorder.takeLost() == Int64(20 - KeepingLimits.recordingsOpenMax))
  }

  @Test func `a recording is as long as one transaction takes`() throws {
    let bench = try Bench(folder)
    let bytes = [UInt8](repeating: 7, count: 1000)
    var number: Int64 = 0
    bench.raise(1, sample: 1, at: second)
    var made: [NewRecording] = []
    while made.isEmpty && number < 1000 {
      number += 1
      bench.frame(number, at: second + number, bytes)
      made = bench.recorder.round(at: second + number)
    }
    let size = made.first?.bytes.count ?? 0
    #expect(
      size <= KeepingLimits.recordingBytesMax && size > KeepingLimits.recordingBytesMax - 2100)
    #expect(try read(made[0]).2)
  }

  @Test func `a recording ends before a hole, and says so`() throws {
    let bench = try Bench(folder)
    for number: Int64 in 1...3 { bench.frame(number, at: number * second) }
    bench.raise(1, sample: 3, at: 3 * second)
    #expect(bench.recorder.round(at: 3 * second).isEmpty)
    // More than the ring has, between two rounds.
    for number: Int64 in 4...3000 { bench.frame(number, at: 4 * second) }
    let made = bench.recorder.round(at: 4 * second)
    #expect(made.count == 1)
    var reader = try RawRecordingReader(made[0].bytes)
    var times: [Int64] = []
    while let item = reader.next() { times.append(item.arrival) }
    #expect(times == [0, second, 2 * second])
    #expect(reader.nanoseconds == 2 * second)
    #expect(reader.ending == .whole && reader.holeCount == 1)
    #expect(reader.holeMessage?.contains("[black_box]") == true)
    #expect(bench.recorder.round(at: 9 * second).isEmpty, "it is made once")
  }

  @Test func `without a frame there is none`() throws {
    let bench = try Bench(folder)
    bench.raise(1, sample: 0, at: second)
    #expect(bench.recorder.round(at: 60 * second).isEmpty && bench.recorder.takeLost() == 1)
  }

  @Test func `a ring is for sensors of alerts, and as large as it has to be`() throws {
    var slow = Make.sensor(.unix(path: "/a"), name: "slow")
    slow.rateHertz = 1
    var configuration = Make.configuration(
      folder,
      sensors: [Make.sensor(.unix(path: "/s")), slow, Make.sensor(.unix(path: "/t"), name: "x")],
      pipelines: [Make.pipeline(), Make.pipeline("b", sensor: "slow")],
      alerts: [Make.alert(), Make.alert("low", source: ("b", "newer"))])
    func bytes() -> [Int?] {
      (0..<3).map { BlackBox.ringBytes(of: $0, in: configuration) }
    }
    #expect(bytes() == [504 * 24, KeepingLimits.ringBytesMin, nil])
    configuration.blackBox.memoryBytes = 4 << 10
    #expect(bytes()[0] == 4 << 10)
    // Seven seconds of 32 bytes at 50 Hz, as docs/configuration.md says.
    #expect((16 << 10) / HistoryRing.bytes(ofEntry: 32) / 50 == 6)
    #expect((16 << 10) / HistoryRing.bytes(ofEntry: 32) > 340)
    configuration.blackBox = .off
    #expect(bytes() == [nil, nil, nil])
  }
}
