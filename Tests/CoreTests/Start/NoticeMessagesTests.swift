import Testing

@testable import Config
@testable import Core
@testable import SensorIO
@testable import System
import TestSupport

/// Goal: every notice of the hot thread has a line for people, or is meant to have none.
@Suite struct NoticeMessagesTests {
  private static func bytes(_ text: String) -> FaultBytes {
    Array(text.utf8).withUnsafeBytes { FaultBytes($0) }
  }

  private func configuration(_ port: PortAddress) -> Configuration {
    Make.configuration(
      TestFolder(), sensors: [Make.sensor(port, staleAfter: 1_500_000_000)],
      pipelines: [Make.pipeline(deadline: 20_000_000)])
  }

  @Test func `every notice has its line`() throws {
    let (descriptor, _) = try socketPair()
    let kinds: [(Notice.Kind, Log.Priority?)] = [
      (.lost(wire: 0, descriptor), .error), (.ended(wire: 0, descriptor), .notice),
      (.producerRefused(wire: 0, descriptor), .warning), (.stale(sensor: 0), .error),
      (.fresh(sensor: 0, gapNanoseconds: 90_000_000_000), .notice),
      (
        .badFrames(
          sensor: 0, count: 1, framing: .payloadEmpty, decoding: nil, bytes: FaultBytes()),
        .warning
      ),
      (.gap(sensor: 0, nanoseconds: 1_500_000_000), .warning),
      (.rate(sensor: 0, measured: 10, isAsDeclared: false), .warning),
      (.rate(sensor: 0, measured: 50, isAsDeclared: true), .notice),
      (.overrun(pipeline: 0, count: 2, nanoseconds: 21_500_999), .warning),
      (.subscriberGone(descriptor), nil),
      (.subscriberRefused(descriptor), .warning), (.subscriberEvicted(descriptor), .warning),
      (.threadHangs(.doorkeeper), .critical), (.threadHangs(.programs), .critical),
      (.threadHangs(.devices), .critical), (.threadHangs(.broker), .error),
      (.threadHangs(.control), .error), (.threadHangs(.keeper), .error),
      (.threadHangs(.outbox), .error), (.threadHangs(.models), .error),
      (.producerEvicted(wire: 0, descriptor), .warning),
      (.overRate(sensor: 0, count: 1), .warning), (.overRate(sensor: 0, count: 4), .warning),
      (.paused(wire: 0, count: 1), .warning),
      (.statesLeftOut(sensor: 0, count: 2), .warning),
      (.skipped(pipeline: 0, count: 2, nanoseconds: 21_500_999), .warning),
    ]
    let serial = configuration(.serial(path: "/dev/tty", SerialSettings(baud: 9600)))
    for (kind, priority) in kinds {
      let message = Notice(kind: kind).message(serial)
      #expect(message?.0 == priority)
      #expect(!Notice(kind: kind).topic(serial).kind.isEmpty)
      if let message { expectSentence(message.1, for: kind) }
    }
    let producer = Notice(kind: .lost(wire: 0, descriptor)).message(
      configuration(.unix(path: "/s")))
    #expect(producer?.0 == .info, "producers come and go")
  }

  @Test func `figures are those of the notice`() {
    let configuration = configuration(.standardInput)
    func text(_ kind: Notice.Kind) -> String { Notice(kind: kind).message(configuration)!.1 }
    #expect(text(.stale(sensor: 0)).contains("no sample for 1.5 s"))
    #expect(text(.fresh(sensor: 0, gapNanoseconds: 90_000_000_000)).contains("after 90.0 s"))
    #expect(
      text(.overrun(pipeline: 0, count: 2, nanoseconds: 21_500_999))
        == "pipeline echo: scores 21500 µs after their frame, deadline 20000 µs (2 so far)")
    #expect(
      text(
        .badFrames(
          sensor: 0, count: 4, framing: .payloadTooLong(bytes: 513),
          decoding: .noValue(.text), bytes: Self.bytes("x,\u{7}")))
        == "sensor wrist: 4 bad frames so far: a frame of 513 bytes is longer than the limit; "
        + "field level is not a number: 78 2c 07")
  }
}
