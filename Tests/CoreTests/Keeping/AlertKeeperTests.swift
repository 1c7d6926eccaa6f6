import System
import TestSupport
import Testing

@testable import Config
@testable import Core

/// Goal: what stands outlives a disk that can only be read, and a ring that was full.
/// Method: the keeper without its thread; a folder that a mount makes read-only.
@Suite struct AlertKeeperTests {
  private let folder = TestFolder()
  private static let override = SavedOverride(
    condition: "fall", kind: 0,
    levels: LevelOverride(low: 1, high: 1, clearLow: 0.5, clearHigh: 0.5), person: "mara", wall: 4)

  private func keeper(
    _ board: AlertSnapshots = AlertSnapshots(count: 1), state: String? = nil
  ) -> AlertKeeper {
    var configuration = Make.configuration(folder, sensors: [], alerts: [Make.alert("fall")])
    if let state { configuration.agent.state = state }
    return AlertKeeper(configuration, board: board)
  }

  private func transition(episode: Int64) -> KeptTransition {
    KeptTransition(Make.event(.raised, episode: episode))
  }

  /// The state of a run in which an alert was raised and a person set a level; nothing else tells.
  private func writeState() throws {
    let state = try unforked(
      try AlertStateFile(
        AppendFile(folder: "\(folder.path)/alerts", name: AlertStateFile.name)))
    let clock = ClockNote(boot: Clock.bootIdentifier(), at: Clock.boot(), wall: Clock.wall())
    _ = try state.restore(for: [Make.alert("fall").settings], at: clock)
    try state.note([state.record(transition(episode: 3), name: "fall")])
    try state.keep(levels: .levels(Self.override))
    try state.note([.stopped])
  }

  @Test(
    .enabled(if: ReadOnlyView.isPossible, "this system grants no read-only mount: that needs root"))
  func `a sound state is believed on a disk that can only be read, and nothing new is promised`()
    throws
  {
    try writeState()
    let before = try Files.read("\(folder.path)/alerts/state", bytesMax: 10_000)
    let view = try #require(try ReadOnlyView(of: folder))
    let keeper = keeper(state: view.path)
    #expect(keeper.startFault?.contains("Read-only file system") == true)
    #expect(keeper.restored.map { $0.state.phase } == [.unacknowledged])
    #expect(keeper.restored.map { $0.state.episode } == [3])
    #expect(keeper.overrides == [Self.override])
    let act = StoredAct(
      kind: .acknowledge(episode: 3), name: "fall", person: "anna", note: "", at: 1, wall: 1)
    #expect(keeper.queue.put(.acts([act]), number: 7))
    keeper.round()
    let answer = try #require(keeper.queue.takeAnswer())
    #expect(answer.request == 7 && answer.numbers == nil)
    #expect(answer.fault.contains("Read-only file system"))
    #expect(try Files.read("\(folder.path)/alerts/state", bytesMax: 10_000) == before)
  }

  @Test(
    .enabled(if: ReadOnlyView.isPossible, "this system grants no read-only mount: that needs root"))
  func `a damaged one is not believed there either`() throws {
    try writeState()
    var bytes = try Files.read("\(folder.path)/alerts/state", bytesMax: 10_000)
    bytes[RecordLog.header.count + 30] ^= 1
    try Files.write(bytes, to: "\(folder.path)/alerts/state")
    let view = try #require(try ReadOnlyView(of: folder))
    let keeper = keeper(state: view.path)
    #expect(keeper.startFault != nil && keeper.overrides == [])
    #expect(keeper.restored.map { $0.state.phase } == [.normal])
    #expect(keeper.restored[0].state.episodeFloor > 3, "no number comes again")
  }

  @Test func `a transition that found no room stands all the same, and is not in the history`() {
    let board = AlertSnapshots(count: 1)
    let most = Int64(AlertKeepingLimits.transitionsMax)
    do {
      let keeper = keeper(board)
      for episode in 1...most + 2 {
        let next = transition(episode: episode)
        board.write(AlertSnapshot(state: next.state, sinceWall: episode), of: 0)
        keeper.queue.put(next)
      }
      keeper.round(isLast: true)
      var told: [Int64] = []
      AlertHistory.read(folder: keeper.folder, name: AlertHistory.name) { _, record in
        if case .alert(let alert) = record { told.append(alert.state.episode) }
        return true
      }
      #expect(told == Array(1...most))
    }
    // A child that another test forks at this moment may still hold the file's lock.
    var again = keeper()
    _ = eventually {
      if again.startFault != nil { again = keeper() }
      return again.startFault == nil
    }
    let found = again.restored[0]
    #expect(found.state.phase == .unacknowledged && found.state.episode == most + 2)
    #expect(found.sinceWall == most + 2)
  }
}
