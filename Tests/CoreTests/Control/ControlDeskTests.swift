import CPlatform
import Synchronization
import System
import Testing
import TestSupport

@testable import Config
@testable import Core
@testable import Text

/// Goal: every act is written down before it is done, is in the audit whatever becomes of it, and
/// is there after a restart; who may not is told what to do.
/// Method: the real desk, keeper and files; a stand-in for the hot thread.
@Suite struct ControlDeskTests {
  @Test func `an acknowledgement is kept, done, told and in the audit`() throws {
    let bench = ControlBench()
    defer { bench.stop() }
    bench.set(0, .raised, .unacknowledged, episode: 3)
    let answer = try bench.ask(
      #"{"do":"ack","alert":"fall","episode":3,"by":"Anna B.","note":"on my way"}"#)
    #expect(answer["ok"]?.bool == true && answer["kept"]?.bool == true)
    #expect(answer["episode"]?.int64 == 3)
    #expect(bench.board.read(0)?.state.phase == .acknowledged)
    #expect(bench.board.read(0)?.acknowledgedBy.text == "anna (Anna B.)")
    #expect(eventually { bench.audit().count == 1 })
    let act = bench.audit()[0]
    #expect(act.action == "ack" && act.alert == "fall" && act.note == "on my way")
    #expect(act.user == "anna" && act.userNumber == 1000 && act.by == "Anna B.")
    #expect(act.process == 4711 && act.program == "panel" && act.refusal.isEmpty)
  }

  @Test func `the act is there after a restart, and stays of its episode`() throws {
    let folder = TestFolder()
    let first = ControlBench(in: folder)
    first.set(0, .raised, .unacknowledged, episode: 3)
    first.set(1, .raised, .unacknowledged, episode: 8)
    _ = try first.ask(#"{"do":"ack","alert":"fall","note":"seen"}"#)
    _ = try first.ask(#"{"do":"shelve","alert":"pump","for":"30m","note":"cable"}"#)
    first.stop()
    let second = ControlBench(in: folder)
    defer { second.stop() }
    let (fall, pump) = (second.keeper.restored[0], second.keeper.restored[1])
    #expect(fall.state.phase == .acknowledged && fall.state.episode == 3 && fall.note == "seen")
    #expect(fall.acknowledgedBy == "anna" && fall.state.episodeFloor == 3)
    #expect(pump.state.phase == .unacknowledged && pump.state.flags == .shelved)
    let left = pump.state.shelfUntil - Clock.boot()
    #expect(left > 29 * 60_000_000_000 && left <= 30 * 60_000_000_000)
    let list = try second.ask(#"{"do":"list"}"#)
    #expect(list["alerts"]?[1]?["flags"] == .array([.string("shelved")]))
    #expect(list["alerts"]?[1]?["shelf_seconds"]?.int64 ?? 0 > 1700)
  }

  @Test func `who may not is told whom to ask, and is in the audit`() throws {
    let bench = ControlBench()
    defer { bench.stop() }
    let refused = try bench.ask(#"{"do":"ack","alert":"fall"}"#, as: ControlBench.guest)
    #expect(refused["ok"]?.bool == false)
    #expect(refused["error"]?.string == #"ack needs the right "operate"; you have "read""#)
    #expect(refused["remedy"]?.string?.contains(#""operate" of [control]"#) == true)
    #expect(try bench.ask(#"{"do":"list"}"#, as: ControlBench.guest)["ok"]?.bool == true)
    let level = try bench.ask(#"{"do":"set","alert":"fall","level":"above","to":0.8}"#)
    #expect(level["remedy"]?.string?.contains(#""manage" of [control]"#) == true)
    let service = try bench.ask("service fall off pump is changed")
    #expect(service["ok"]?.bool == false)
    #expect(eventually { bench.audit().count == 3 })
    #expect(bench.audit().allSatisfy { !$0.refusal.isEmpty })
    #expect(bench.audit()[0].user == "guest" && bench.audit()[1].note == "above 0.8")
  }

  @Test func `a user who is refused all the time fills no audit, on however many connections`()
    throws
  {
    let bench = ControlBench()
    defer { bench.stop() }
    for process in 1...100 as ClosedRange<Int32> {
      let guest = PeerIdentity(
        user: 1001, userName: "guest", process: process, program: "nc", level: .read)
      #expect(try bench.ask("ack fall", as: guest)["ok"]?.bool == false)
      // The ring to the keeper has few places.
      if process <= 30 { #expect(eventually { bench.audit().count == Int(process) }) }
    }
    #expect(try bench.ask("ack fall")["ok"]?.bool == false)
    #expect(eventually { bench.audit().last?.user == "anna" }, "another user's is written")
    #expect(bench.audit().count < 60)
  }

  @Test(arguments: [
    (#"{"do":"ack","alert":"fall"}"#, "fall: it is normal"),
    (#"{"do":"ack","alert":"fail"}"#, #"no alert has the name "fail""#),
    (#"{"do":"ack"}"#, "ack needs the name of an alert"),
    (
      #"{"do":"ack","alert":"pump","episode":2}"#,
      "pump: that episode is over"
    ),
    (#"{"do":"shelve","alert":"pump","for":"25h","note":"n"}"#, "shelve lasts at most 24h"),
    (#"{"do":"shelve","alert":"pump","for":"1h"}"#, "shelve needs a reason"),
    (#"{"do":"shelve","alert":"pump","note":"n"}"#, "shelve needs a duration"),
    (#"{"do":"pause","for":"16m"}"#, "pause lasts at most 15m"),
    (#"{"do":"ack","alert":"pump","epsiode":2}"#, #"ack does not take "epsiode""#),
    (#"{"do":"frob"}"#, #"unknown action "frob""#),
    (#"{"do":"ack""#, "the line is no JSON object"),
    ("hello", #"unknown action "hello""#),
    ("", #"the request has no "do""#),
  ]) func `a wrong request is refused with a remedy and changes nothing`(
    line: String, error: String
  ) throws {
    let bench = ControlBench()
    defer { bench.stop() }
    bench.set(1, .raised, .unacknowledged, episode: 1)
    let answer = try bench.ask(line)
    #expect(answer["error"]?.string == error)
    #expect(answer["remedy"]?.string?.isEmpty == false)
    #expect(bench.orders.take() == nil, "the hot thread was not asked")
    if error.hasPrefix("unknown action") {
      #expect(answer["remedy"]?.string?.contains("list, history, stats") == true)
    }
  }

  @Test func `all that waits is acknowledged at once`() throws {
    let bench = ControlBench()
    defer { bench.stop() }
    #expect(try bench.ask("ack all")["error"]?.string == "no alert waits for a person")
    bench.set(0, .raised, .unacknowledged, episode: 1)
    bench.set(2, .raised, .unacknowledged, episode: 7)
    let answer = try bench.ask(#"{"do":"ack","alert":"all"}"#)
    #expect(answer["alerts"]?.array?.map { $0["alert"]?.string } == ["fall", "hot"])
    #expect(answer["alerts"]?.array?.map { $0["episode"]?.int64 } == [1, 7])
    #expect(
      bench.board.read(2)?.state.phase == .acknowledged
        && bench.board.read(1)?.state.phase == .normal)
  }

  @Test func `what the hot thread refuses is refused, and is not done at the next start`() throws {
    let folder = TestFolder()
    let first = ControlBench(in: folder)
    let line = #"{"do":"shelve","alert":"pump","for":"10m","note":"a"}"#
    #expect(try first.ask(line)["ok"]?.bool == true)
    let end = first.board.read(1)!.state.shelfUntil
    let again = try first.ask(#"{"do":"shelve","alert":"pump","for":"10h","note":"b"}"#)
    #expect(again["error"]?.string == "pump: it is shelved already")
    first.stop()
    let second = ControlBench(in: folder)
    defer { second.stop() }
    #expect(second.keeper.restored[1].state.shelfUntil == end, "not ten hours")
  }

  @Test func `without an answer of the hot thread it says so, and does it at the next start`()
    throws
  {
    let folder = TestFolder()
    let first = ControlBench(in: folder)
    first.set(0, .raised, .unacknowledged, episode: 1)
    first.isDeaf.store(true, ordering: .releasing)
    let before = Clock.boot()
    let answer = try first.ask(#"{"do":"ack","alert":"fall"}"#)
    #expect(answer["error"]?.string == "the agent did not answer in time")
    #expect(Clock.boot() - before < 10_000_000_000)
    first.stop()
    let second = ControlBench(in: folder)
    defer { second.stop() }
    #expect(second.keeper.restored[0].state.phase == .acknowledged)
  }

  @Test func `a disk that does not answer: what is heard again is done, what hides is refused`()
    throws
  {
    let bench = ControlBench(keeps: false)
    defer { bench.stop() }
    bench.set(0, .raised, .unacknowledged, episode: 1)
    let shelf = try bench.ask(#"{"do":"shelve","alert":"fall","for":"1h","note":"n"}"#)
    #expect(shelf["error"]?.string?.contains("was not done") == true)
    #expect(bench.orders.take() == nil)
    let ack = try bench.ask(#"{"do":"ack","alert":"fall"}"#)
    #expect(ack["ok"]?.bool == true && ack["kept"]?.bool == false)
    #expect(ack["warning"]?.string?.contains("rings again") == true)
    #expect(bench.board.read(0)?.state.phase == .acknowledged)
    // The disk takes both at last: the shelf must not come true.
    bench.keeper.round()
    bench.desk.settle()
    bench.keeper.round()
    #expect(AlertStateFile.saved(in: bench.keeper.folder)?.acts.isEmpty == true)
  }

  @Test func `a level is changed, shown, kept over a restart and taken back`() throws {
    let folder = TestFolder()
    let first = ControlBench(in: folder)
    let manager = ControlBench.manager
    let set = try first.ask(#"{"do":"set","alert":"fall","level":"above","to":0.75}"#, as: manager)
    #expect(set["ok"]?.bool == true && set["alerts"] == .array([.string("fall")]))
    let level = LevelOverride(low: 0.75, high: 0.75, clearLow: 0.45, clearHigh: 0.45)
    #expect(first.orders.take()?.kind == .setLevels(level))
    let list = try first.ask("list")
    #expect(list["alerts"]?[0]?["level"]?["above"]?.double == 0.75)
    #expect(list["alerts"]?[0]?["override"]?["configured"]?["above"]?.double == 0.9)
    #expect(list["alerts"]?[0]?["override"]?["by"]?.string == "root")
    first.stop()
    let second = ControlBench(in: folder)
    defer { second.stop() }
    #expect(second.keeper.overrides.map { $0.levels } == [level])
    #expect(LevelReport.lines(second.configuration).count == 1)
    #expect(
      LevelReport.lines(second.configuration)[0].hasPrefix("fall: above 0.75, clear_below 0.45"))
    #expect(try second.ask("unset fall", as: manager)["ok"]?.bool == true)
    #expect(second.orders.take()?.kind == .setLevels(nil))
    #expect(LevelReport.lines(second.configuration).isEmpty)
    #expect(try second.ask("unset fall", as: manager)["ok"]?.bool == false)
  }

  @Test func `a level that is set again and kept outlives the late answer to the first try`() throws
  {
    let bench = ControlBench(keeps: false)
    defer { bench.stop() }
    let line = #"{"do":"set","alert":"fall","level":"above","to":0.75}"#
    let first = try bench.ask(line, as: ControlBench.manager)
    #expect(first["error"]?.string?.contains("was not done") == true)
    // The disk wakes up while the second try waits for it.
    #expect(
      Thread.start("disk") {
        usleep(300_000)
        for _ in 0..<20 {
          bench.keeper.round()
          usleep(50_000)
        }
        bench.hasRounds.store(true, ordering: .releasing)
      })
    #expect(try bench.ask(line, as: ControlBench.manager)["ok"]?.bool == true)
    #expect(eventually { bench.hasRounds.load(ordering: .acquiring) })
    bench.desk.settle()
    bench.keeper.round()
    #expect(AlertStateFile.overrides(in: bench.configuration.agent.state).count == 1)
  }

  @Test func `history and statistics are read from the files`() throws {
    let bench = ControlBench()
    defer { bench.stop() }
    for episode in 1...3 as ClosedRange<Int64> {
      bench.set(0, .raised, .unacknowledged, episode: episode)
      bench.set(0, .cleared, .normal, episode: episode)
    }
    bench.set(1, .raised, .unacknowledged, episode: 1)
    var events: [JSONValue] = []
    #expect(
      eventually {
        events = (try? bench.ask("history"))?["history"]?.array ?? []
        return events.count == 7
      })
    #expect(events[0]["event"]?.string == "raised" && events[1]["event"]?.string == "cleared")
    let fall = try bench.ask(#"{"do":"history","alert":"fall","since":"1h"}"#)
    #expect(fall["history"]?.array?.count == 6)
    let stats = try bench.ask(#"{"do":"stats","since":"1h"}"#)
    #expect(stats["episodes"]?.int64 == 4)
    #expect(stats["alerts"]?[0]?["alert"]?.string == "fall")
    #expect(stats["alerts"]?[0]?["chatters"]?.int64 == 1)
  }

  @Test func `long lists come page by page`() throws {
    let bench = ControlBench { configuration in
      let alert = configuration.alerts[0]
      for index in 0..<60 {
        var more = alert
        more.name = "alert-\(index)-" + String(repeating: "x", count: 40)
        more.sourceText = String(repeating: "s", count: 900)
        configuration.alerts.append(more)
      }
    }
    defer { bench.stop() }
    var (names, after, pages) = ([String](), Int64(0), 0)
    while true {
      let page = try bench.ask("{\"do\":\"list\",\"after\":\(after)}")
      names += page["alerts"]?.array?.compactMap { $0["alert"]?.string } ?? []
      pages += 1
      guard let more = page["more"]?.int64 else { break }
      after = more
    }
    #expect(names == bench.configuration.alerts.map { $0.name } && pages > 1)
  }

  @Test func `status says what you may`() throws {
    let bench = ControlBench()
    defer { bench.stop() }
    bench.set(0, .raised, .unacknowledged, episode: 1)
    let status = try bench.ask("status", as: ControlBench.guest)
    #expect(status["standing"]?.int64 == 1 && status["unacknowledged"]?.int64 == 1)
    #expect(status["you"]?["may"]?.string == "read" && status["agent"]?.string == "ward-7")
    let help = try bench.ask("help", as: ControlBench.guest)
    #expect(help["actions"]?.array?.count == ControlAction.allCases.count)
    let pause = help["actions"]?.array?.first { $0["do"]?.string == "pause" }
    #expect(pause?["keys"] == .array(["for", "by", "note"].map { .string($0) }))
  }

  @Test func `a file that cannot be believed is kept aside, and alerts begin as normal`() throws {
    let folder = TestFolder()
    let first = ControlBench(in: folder)
    first.set(0, .raised, .unacknowledged, episode: 41)
    _ = try first.ask("ack fall")
    first.stop()
    let path = "\(folder.path)/alerts/state"
    var bytes = try Files.read(path, bytesMax: 1 << 20)
    bytes[30] ^= 1
    try Files.write(bytes, to: path)
    let second = ControlBench(in: folder)
    defer { second.stop() }
    #expect(second.keeper.restored[0].state.phase == .normal)
    #expect(second.keeper.startFault?.contains("damaged at byte") == true)
    #expect(first.keeper.startFault == nil)
    #expect(second.keeper.restored[0].state.episodeFloor >= 41, "the history knows the number")
    #expect(try Files.read(path + ".refused-1", bytesMax: 1 << 20) == bytes)
    second.set(0, .raised, .unacknowledged, episode: 60)
    #expect(try second.ask("ack fall")["kept"]?.bool == true)
  }
}
