import Testing

@testable import Config
@testable import Sync
@testable import System
import TestSupport

/// Goal: a lane counts what a round costs where it costs something, and takes an end without a
/// fault for no fault.
/// Method: a lane that does as it is told.
@Suite struct ScheduledLaneTests {
  private final class Work: SyncLane {
    var task = SyncTask.overTheLink
    var error: SyncError?
    var rounds = 0
    var isComplete = true

    func run(_: SyncTask) throws(SyncError) {
      rounds += 1
      if let error { throw error }
    }
  }

  private let folder = TestFolder()
  private let work = Work()

  private func lane(_ more: String = "") throws -> (ScheduledLane, SyncContext) {
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
    return (ScheduledLane(.uplink, work, context), context)
  }

  private static func failure(_ fault: HTTPFault) -> HTTPFailure {
    HTTPFailure(place: "p", fault: fault)
  }

  @Test func `nothing to do costs no attempt, no gate and no flash`() throws {
    let (lane, context) = try lane("attempts_per_day = 1\ngate = \"exec:/bin/false\"")
    work.task = .nothing
    for _ in 0..<3 { #expect(lane.round()) }
    #expect(work.rounds == 0 && context.budget.attempts == 0)
    Files.remove(folder.path + "/sync.json")
    #expect(lane.round() && Files.kind(folder.path + "/sync.json") == .missing)
    work.task = .local
    #expect(lane.round() && work.rounds == 1)
    work.task = .overTheLink
    #expect(!lane.round() && work.rounds == 1, "the gate")
  }

  @Test func `what a round left behind is told, and makes no server unwell`() throws {
    let (lane, _) = try lane()
    work.isComplete = false
    #expect(!lane.round())
    #expect(lane.heedsAlerts && lane.remembered.fault.isEmpty && lane.remembered.doneAt != nil)
  }

  @Test(arguments: [true, false])
  func `a stop is no fault, in a question or in a download`(isDownload: Bool) throws {
    let (lane, _) = try lane()
    let failure = Self.failure(.cancelled)
    work.error = isDownload ? .download(.http(failure)) : .http(failure)
    #expect(!lane.round() && lane.remembered.fault.isEmpty)
  }

  @Test func `bytes that were spent yesterday do not close today`() throws {
    // Nothing is limited: as on a day that has just begun.
    let (lane, _) = try lane()
    work.error = .http(Self.failure(.budgetSpent))
    #expect(!lane.round())
    #expect(lane.schedule.dueAt < Clock.boot() + 3_000_000_000)
  }

  @Test func `a day's bytes close it until the next`() throws {
    let (lane, context) = try lane("bytes_per_day = \"64KiB\"")
    work.error = .download(.http(Self.failure(.budgetSpent)))
    #expect(context.beginAttempt())
    #expect(throws: HTTPFault.budgetSpent) { try context.meter.spend(64 << 10) }
    context.endAttempt()
    #expect(!lane.round() && work.rounds == 0)
    #expect(lane.schedule.dueAt > Clock.boot() || context.budget.secondsLeft(now: context.now) < 2)
  }

  @Test func `410 ends it for good`() throws {
    let (lane, _) = try lane()
    work.error = .status(StatusFailure(place: "p", status: 410, retryAfter: nil, detail: ""))
    #expect(!lane.round() && lane.isStopped && !lane.heedsAlerts)
    #expect(!lane.isDue(at: .max))
    let (again, _) = try self.lane()
    #expect(again.isStopped)
  }
}
