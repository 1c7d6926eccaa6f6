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
    var hasDelivered = false

    func run(_: SyncTask) throws(SyncError) {
      rounds += 1
      if let error { throw error }
    }
  }

  private let folder = TestFolder()
  private let work = Work()

  private func lane(
    _ more: String = "", _ kind: ScheduledLane.Kind = .uplink
  ) throws -> (ScheduledLane, SyncContext) {
    let text = """
      agent = { id = "a", state = "\(folder.path)", models = "\(folder.path)/models" }
      [store]
      [sync]
      uplink = "cloudevents:http://127.0.0.1:1/"
      registry = "dir:/r"
      \(more)
      """
    let configuration = try Configuration.parse([
      ConfigurationSource(file: folder.path + "/a.toml", bytes: Array(text.utf8))
    ])
    let context = SyncContext(configuration, configuration.sync!, cancelDescriptor: -1)
    return (ScheduledLane(kind, work, context), context)
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

  private static let gone = SyncError.status(
    StatusFailure(place: "p", status: 410, retryAfter: nil, detail: ""))
  private static let hour: Int64 = 3_600_000_000_000

  @Test func `410 ends a registry for good`() throws {
    let (lane, _) = try lane("", .registry)
    work.error = Self.gone
    #expect(!lane.round() && lane.isStopped && !lane.heedsAlerts && !lane.isAsked)
    #expect(!lane.isDue(at: .max) && !lane.isOpen(at: .max))
    let (again, _) = try self.lane("", .registry)
    #expect(again.isStopped)
  }

  @Test func `after 410 an uplink is asked once an hour, and sooner for a new alert`() throws {
    let (lane, _) = try lane()
    work.error = Self.gone
    #expect(!lane.round() && lane.isStopped && lane.heedsAlerts)
    let now = Clock.boot()
    #expect(lane.schedule.dueAt >= now + Self.hour - 1_000_000_000)
    #expect(lane.schedule.dueAt <= now + Self.hour + 61_000_000_000)
    #expect(!lane.isOpen(at: now) && lane.isOpen(at: now + Self.hour))
    lane.urged(at: now)
    #expect(lane.schedule.dueAt >= now + 59_000_000_000)
    #expect(lane.schedule.dueAt <= now + 61_000_000_000)
    let (again, _) = try self.lane()
    #expect(again.isStopped && again.schedule.dueAt >= now + Self.hour - 1_000_000_000)
  }

  @Test func `an alert that is taken ends what 410 began, and no other round does`() throws {
    let (lane, _) = try lane()
    work.error = Self.gone
    #expect(!lane.round())
    (work.error, work.task, work.hasDelivered) = (nil, .nothing, true)
    #expect(!lane.round() && lane.isStopped && !lane.remembered.fault.isEmpty)
    (work.task, work.hasDelivered) = (.overTheLink, false)
    #expect(!lane.round() && lane.isStopped)
    work.hasDelivered = true
    #expect(lane.round() && !lane.isStopped && lane.remembered.fault.isEmpty)
    #expect(lane.schedule.isWell)
  }

  @Test func `it remembers since when it is unwell, and when it asks next`() throws {
    let (lane, _) = try lane()
    work.error = .page(place: "p")
    let before = Clock.boot()
    #expect(!lane.round())
    let since = lane.remembered.unwellAt
    #expect(since >= before && since <= Clock.boot())
    #expect(lane.remembered.unwellBoot == Clock.bootIdentifier())
    #expect(lane.remembered.nextAt == lane.schedule.dueAt)
    #expect(!lane.round() && lane.remembered.unwellAt == since)
    let (again, _) = try self.lane()
    #expect(again.remembered.unwellAt == since)
    work.error = nil
    #expect(lane.round() && lane.remembered.unwellBoot.isEmpty)
  }
}
