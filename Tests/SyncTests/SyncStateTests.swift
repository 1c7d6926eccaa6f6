import Testing

@testable import Models
@testable import Sync
@testable import System
@testable import Text
import TestSupport

/// Goal: what sync remembers survives a restart, and nothing that stands in its file stops it.
@Suite struct SyncStateTests {
  private func state(_ folder: TestFolder, registry: String = "dir:/r") -> SyncState {
    SyncState(path: folder.path + "/sync.json", uplink: "cloudevents:http://u/", registry: registry)
  }

  private func found(_ version: String, _ revision: String) -> RegistryVersion {
    RegistryVersion(
      reference: InstallReference(name: "fall", version: version), revision: revision)
  }

  @Test func `everything comes back`() throws {
    let folder = TestFolder()
    var first = state(folder)
    first.uplink.isStopped = true
    first.uplink.fault = "no \"route\"\n"
    (first.registry.boot, first.registry.blockedUntil, first.registry.doneAt) = (
      "b", 7, 1_800_000_000
    )
    let index = first.place(of: "fall", found("2", "r2"))
    first.versions[index].standing = .refused(reason: "é", staying: nil)
    first.versions[index].isRefused = true
    first.versions[index].trust = "k"
    first.budget = "1 2 3\n"
    try first.save()
    let second = state(folder)
    #expect(second.uplink == first.uplink && second.registry == first.registry)
    #expect(second.versions == first.versions && second.budget == first.budget)
    #expect(second.versions[0].isUntold && second.versions[0].state == "refused: é")
  }

  private static let figures = TrialFigures(windows: 1000, agreement: 0.987, p99: 412.5)

  @Test(
    arguments: [
      (.active, "active"), (.activeAfterTrial(isWatched: false, nil), "active after a trial"),
      (
        .activeAfterTrial(isWatched: true, figures),
        "active, watched after a trial (1000 windows, agreement 0.987, inference p99 413 us)"
      ),
      (
        .activeAfterTrial(isWatched: false, TrialFigures(windows: 1, agreement: nil, p99: nil)),
        "active after a trial (1 window)"
      ),
      (.onTrial(beside: "1"), "on trial beside 1"), (.onTrial(beside: ""), "on trial beside "),
      (.heldBack(.pinned(at: "1")), "held back: pinned at 1"),
      (.heldBack(.older(than: "3")), "held back: older than 3"),
      (.refused(reason: "a \"b\"", staying: "1"), "refused: a \"b\"; 1 stays"),
      (.refused(reason: "", staying: nil), "refused: "),
      (
        .failed(.failed, against: nil, reason: "slow", figures),
        "refused: failed: slow (1000 windows, agreement 0.987, inference p99 413 us)"
      ),
      (.failed(.rolledBack, against: nil, reason: "late", nil), "refused: rolled back: late"),
      (
        .failed(.failed, against: "3", reason: "another verdict in 2 of 2 windows", nil),
        "refused: failed against 3: another verdict in 2 of 2 windows"
      ),
      (.installed, "installed"), (.replaced(by: "3"), "replaced by 3"),
      (.told("active, it seems"), "active, it seems"), (.told("no good"), "no good"),
    ] as [(VersionStanding, String)])
  func `every standing is told in its words, and comes back as it was`(
    standing: VersionStanding, words: String
  ) throws {
    let folder = TestFolder()
    var first = state(folder)
    let index = first.place(of: "fall", found("2", "r2"))
    first.versions[index].standing = standing
    #expect(first.versions[index].state == words)
    #expect(first.versions[index].isActive == words.hasPrefix("active"))
    try first.save()
    #expect(state(folder).versions == first.versions)
    #expect(try !Files.read(folder.path + "/sync.json", bytesMax: 9999).isEmpty)
  }

  @Test(arguments: ["", #""standing":{"is":"made up"},"#, #""standing":7,"#])
  func `words of another agent are kept, and what they say of being active`(
    standing: String
  ) throws {
    let folder = TestFolder()
    let text =
      #"{"registry":{"address":"dir:/r"},"versions":[{"name":"fall","version":"1","revision":"r","#
      + standing
      + #""state":"active after a trial (50 windows)","reported":"active"},"#
      + #"{"name":"fall","version":"2","revision":"s","state":"replaced by 1"},"#
      + #"{"name":"fall","version":"3","revision":"t","state":""}]}"#
    try Files.write(Array(text.utf8), to: folder.path + "/sync.json")
    let versions = state(folder).versions
    #expect(versions.map { $0.isActive } == [true, false, false])
    #expect(versions[0].standing == .told("active after a trial (50 windows)"))
    #expect(versions[0].isUntold && versions[1].state == "replaced by 1")
    #expect(versions[2].standing == nil && !versions[2].isUntold)
  }

  /// Agents of before this form wrote lines between the members, and null for a missing figure.
  @Test func `a file of an older agent is read`() throws {
    let folder = TestFolder()
    let text =
      #"{"uplink":{"address":"cloudevents:http://u/","stopped":true,"boot":"b","#
      + #""blocked_until":7,"done_at":null,"fault":"x"},"# + "\n"
      + #""registry":{"address":"dir:/r","stopped":false,"boot":"","blocked_until":0,"#
      + #""done_at":1800000000,"fault":""},"# + "\n" + #""budget":"1 2 3","# + "\n"
      + #""versions":["# + "\n  "
      + #"{"name":"fall","version":"2","revision":"r","refused":false,"trust":"k","#
      + #""state":"active after a trial (9 windows)","standing":{"is":"active after a trial","#
      + #""watched":false,"windows":9,"agreement":null,"p99_us":null},"reported":""}]}"# + "\n"
    try Files.write(Array(text.utf8), to: folder.path + "/sync.json")
    let state = state(folder)
    #expect(state.uplink.isStopped && state.uplink.blockedUntil == 7 && state.uplink.doneAt == nil)
    #expect(state.registry.doneAt == 1_800_000_000 && state.budget == "1 2 3")
    let figures = TrialFigures(windows: 9, agreement: nil, p99: nil)
    #expect(state.versions[0].standing == .activeAfterTrial(isWatched: false, figures))
  }

  @Test func `it is written only when it changed`() throws {
    let folder = TestFolder()
    var one = state(folder)
    one.budget = "x"
    try one.save()
    Files.remove(folder.path + "/sync.json")
    try one.save()
    #expect(Files.kind(folder.path + "/sync.json") == .missing)
  }

  @Test func `what is written can be read again, however much there is`() throws {
    let folder = TestFolder()
    var one = state(folder)
    one.registry.isStopped = true
    for model in 0..<400 {
      let index = one.place(
        of: "m\(model)",
        RegistryVersion(
          reference: InstallReference(name: "m\(model)", version: "1"), revision: "r"))
      one.versions[index].standing = .told(String(repeating: "x", count: 1000))
    }
    try one.save()
    let second = state(folder)
    #expect(second.registry.isStopped && second.versions.last?.name == "m399")
    #expect(second.versions.count > 200 && second.versions.count < 400)
  }

  @Test func `models that the configuration does not name are forgotten`() {
    var state = state(TestFolder())
    _ = state.place(of: "fall", found("1", "r1"))
    state.forgetVersions(exceptOf: ["fall"])
    #expect(state.versions.count == 1)
    state.forgetVersions(exceptOf: ["other"])
    #expect(state.versions.isEmpty)
  }

  @Test(arguments: [
    ("a\nb\u{1B}[2J", "a b [2J"), ("é", "é"), (String(repeating: "x", count: 1000), nil),
    (String(repeating: "x", count: 1001), String(repeating: "x", count: 1000)),
    (String(repeating: "x", count: 999) + "é!", String(repeating: "x", count: 999)),
  ])
  func `a line of state is one line, and short`(text: String, expected: String?) {
    let line = SyncState.Version.line(text)
    #expect(Array(line.utf8) == Array((expected ?? text).utf8))
  }

  @Test func `what an upload left comes back, for the same server`() throws {
    let folder = TestFolder()
    var one = state(folder)
    one.upload.refused.follow("e")
    let now = RefusedRecords.Moment(boot: "b", at: 5)
    _ = one.upload.refused.refused(7, at: now, pause: 3)
    _ = one.upload.refused.refused(8, at: now, pause: 3)
    one.upload.refused.took([8])
    _ = one.upload.refused.refused(7, at: now, pause: 3)
    one.upload.batch.tooLarge(64)
    one.upload.isCareful = true
    try one.save()
    let again = state(folder)
    #expect(again.upload == one.upload && again.upload.refused.count == 1)
    #expect(again.upload.refused.passedOver == [7])
    #expect(again.upload.batch.records(256) == 32)
    let path = folder.path + "/sync.json"
    let other = SyncState(path: path, uplink: "mlflow:http://v/ e", registry: "")
    #expect(other.upload.isEmpty)
  }

  @Test(arguments: [
    #"{"refused":{"epoch":"e","records":[{"sequence":-9223372036854775808,"tries":9223372036854775807,"#
      + #""first_at":-1,"not_before":9223372036854775807}]},"batch":{"records":-1,"passed":99}}"#,
    #"{"refused":7,"batch":[],"careful":3,"in_doubt":"x"}"#,
    #"{"refused":{"epoch":"e","records":[1,{"sequence":"a"}]},"batch":{"records":9223372036854775807}}"#,
  ])
  func `what no upload left does no harm`(text: String) throws {
    let value = try Array(text.utf8).withUnsafeBytes { try JSONValue.parse($0) }
    var memory = UploadMemory(value)
    #expect(memory.batch.records(256) >= 1)
    let now = RefusedRecords.Moment(boot: "b", at: .max)
    for sequence in [Int64.min, .max, 0] {
      let entry = memory.refused.refused(sequence, at: now, pause: .max)
      #expect(entry != nil)
      _ = memory.refused.isGivenUp(entry!, isOfRecord: true, at: now)
    }
    memory.refused.took([5])
    _ = memory.refused.release(at: RefusedRecords.Moment(boot: "c", at: .min))
    _ = memory.refused.resting(at: now)
  }

  @Test func `how long a server is unwell, and when it is asked next`() {
    var lane = state(TestFolder()).uplink
    func outlook(_ boot: String, _ seconds: Int64) -> SyncState.Outlook {
      SyncState.Outlook(lane, boot: boot, now: seconds * 1_000_000_000)
    }
    let minute: Int64 = 60_000_000_000
    #expect(outlook("b", 100).unwellSeconds == nil && outlook("b", 100).nextSeconds == nil)
    #expect(outlook("b", 100).nextSecondsMax(intervalNanoseconds: 15 * minute) == 900)
    lane.fault = "x"
    (lane.unwellBoot, lane.unwellAt) = ("b", minute)
    (lane.nextBoot, lane.nextAt) = ("b", 2 * minute)
    #expect(outlook("b", 90).unwellSeconds == 30 && outlook("b", 90).nextSeconds == 30)
    #expect(!outlook("b", 120).isBeyond(intervalNanoseconds: minute))
    #expect(outlook("b", 121).isBeyond(intervalNanoseconds: minute))
    #expect(outlook("b", 121).nextSeconds == nil)
    #expect(outlook("b", 121).nextSecondsMax(intervalNanoseconds: 15 * minute) == 240)
    // Since before this boot: for as long as it lasts, at least.
    #expect(outlook("c", 70).unwellSeconds == 70 && outlook("c", 70).nextSeconds == nil)
    (lane.unwellAt, lane.nextAt) = (.max, .max)
    #expect(outlook("b", 1).unwellSeconds == 0)
  }

  @Test func `another address begins anew`() throws {
    let folder = TestFolder()
    var one = state(folder)
    one.registry.isStopped = true
    one.uplink.isStopped = true
    _ = one.place(of: "fall", found("2", "r2"))
    try one.save()
    let other = state(folder, registry: "dir:/other")
    #expect(!other.registry.isStopped && other.versions.isEmpty && other.uplink.isStopped)
  }

  @Test func `numbers that no agent wrote are as good as none`() throws {
    let folder = TestFolder()
    let text =
      #"{"uplink":{"address":"cloudevents:http://u/","blocked_until":-9223372036854775808,"#
      + #""done_at":-9223372036854775808},"registry":{"address":"dir:/r","done_at":9223372036854775807}}"#
    try Files.write(Array(text.utf8), to: folder.path + "/sync.json")
    let state = state(folder)
    #expect(state.uplink.doneAt == nil && state.uplink.blockedUntil == 0)
    #expect(state.registry.address == "dir:/r" && state.registry.doneAt == nil)
  }

  @Test(arguments: ["", "{", "[]", "{\"uplink\":7,\"versions\":[1,{\"name\":\"a\"}]}", "null"])
  func `a damaged file is as good as none`(text: String) throws {
    let folder = TestFolder()
    try Files.write(Array(text.utf8), to: folder.path + "/sync.json")
    let state = state(folder)
    #expect(state.versions.isEmpty && !state.uplink.isStopped && state.budget.isEmpty)
  }

  @Test func `the oldest versions of a model go`() {
    var state = state(TestFolder())
    _ = state.place(of: "other", found("1", "o"))
    for number in 0..<20 { _ = state.place(of: "fall", found("\(number)", "r\(number)")) }
    #expect(state.versions.count { $0.name == "fall" } == SyncLimits.versionsMax)
    #expect(state.index(of: "fall", "r19") != nil && state.index(of: "fall", "r0") == nil)
    #expect(state.index(of: "other", "o") != nil)
    let again = state.place(of: "fall", found("19", "r19"))
    #expect(state.versions[again].revision == "r19")
  }
}
