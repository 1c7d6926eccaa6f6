import Testing

@testable import Config
@testable import Sync
@testable import System
import TestSupport

/// Goal: what a round costs is counted where it costs something, and an end that is nobody's fault is
/// not taken for one.
/// Method: a lane that does as it is told.
@Suite struct ScheduledLaneTests {
  private final class Lane: SyncLane {
    var task = SyncTask.overTheLink
    var error: SyncError?
    var rounds = 0

    func run() throws(SyncError) {
      rounds += 1
      if let error { throw error }
    }
  }

  private let folder = TestFolder()
  private let lane = Lane()

  private func seat(_ more: String = "") throws -> (ScheduledLane, SyncContext) {
    let text = """
      agent = { id = "a", state = "\(folder.path)", models = "\(folder.path)/models" }
      [store]
      [sync]
      uplink = "cloudevents:http://127.0.0.1:1/"
      \(more)
      """
    let configuration = try Configuration.parse([
      ConfigurationSource(file: folder.path + "/a.toml", bytes: Array(text.utf8))
    ])
    let context = SyncContext(configuration, configuration.sync!, cancelDescriptor: -1)
    return (ScheduledLane(.uplink, lane, context), context)
  }

  private static func failure(_ fault: HTTPFault) -> HTTPFailure {
    HTTPFailure(place: "p", fault: fault)
  }

  @Test func `nothing to do costs no attempt, no gate and no flash`() throws {
    let (seat, context) = try seat("attempts_per_day = 1\ngate = \"exec:/bin/false\"")
    lane.task = .nothing
    for _ in 0..<3 { #expect(seat.round()) }
    #expect(lane.rounds == 0 && context.budget.attempts == 0)
    Files.remove(folder.path + "/sync.json")
    #expect(seat.round() && Files.kind(folder.path + "/sync.json") == .missing)
    lane.task = .local
    #expect(seat.round() && lane.rounds == 1)
    lane.task = .overTheLink
    #expect(!seat.round() && lane.rounds == 1, "the gate")
  }

  @Test(arguments: [true, false])
  func `a stop is no fault, in a question or in a download`(isDownload: Bool) throws {
    let (seat, _) = try seat()
    let failure = Self.failure(.cancelled)
    lane.error = isDownload ? .download(.http(failure)) : .http(failure)
    #expect(!seat.round() && seat.lane.fault.isEmpty)
  }

  @Test func `bytes that were spent yesterday do not close today`() throws {
    // Nothing is limited: as on a day that has just begun.
    let (seat, _) = try seat()
    lane.error = .http(Self.failure(.budgetSpent))
    #expect(!seat.round())
    #expect(seat.schedule.dueAt < Clock.boot() + 3_000_000_000)
  }

  @Test func `a day's bytes close it until the next`() throws {
    let (seat, context) = try seat("bytes_per_day = \"64KiB\"")
    lane.error = .download(.http(Self.failure(.budgetSpent)))
    #expect(context.beginAttempt())
    #expect(throws: HTTPFault.budgetSpent) { try context.meter.spend(64 << 10) }
    context.endAttempt()
    #expect(!seat.round() && lane.rounds == 0)
    #expect(seat.schedule.dueAt > Clock.boot() || context.budget.secondsLeft(now: context.now) < 2)
  }

  @Test func `410 ends it for good`() throws {
    let (seat, _) = try seat()
    lane.error = .status(StatusFailure(place: "p", status: 410, retryAfter: nil, detail: ""))
    #expect(!seat.round() && seat.isStopped && !seat.heedsAlerts)
    #expect(!seat.isDue(at: .max))
    let (again, _) = try self.seat()
    #expect(again.isStopped)
  }
}
