import Testing
import TestSupport

@testable import Config
@testable import Core

/// Goal: what was saved goes into the alert's machine as it was.
@Suite struct SavedMachineTests {
  private static func saved(_ phase: AlertPhase) -> SavedAlert {
    var saved = SavedAlert(name: "fall")
    (saved.phase, saved.flags, saved.episode, saved.episodeFloor) = (phase, .shelved, 5, 21)
    (saved.at, saved.since, saved.sinceWall, saved.clearedAt) = (90, 70, 7_000, 80)
    (saved.shelfEnd, saved.silenceEnd, saved.repeatCount, saved.isConfirmed) = (500, 600, 2, true)
    (saved.value, saved.level, saved.votes, saved.acknowledgedBy) = (0.9, 0.8, 3, "anna")
    return saved
  }

  @Test func `an alert that stands keeps its number, and the next one is above its floor`() {
    let standing = AlertMachine.Saved(Self.saved(.acknowledged))
    #expect(standing.episode == 5 && standing.isConfirmed && standing.repeatCount == 2)
    #expect(standing.raisedAt == 70 && standing.since == 90 && standing.clearedAt == 80)
    #expect(standing.shelfUntil == 500 && standing.silenceUntil == 600)
    #expect(AlertMachine.Saved(Self.saved(.normal)).episodeFloor == 21)
    #expect(AlertMachine.Saved(SavedAlert(name: "new")).clearedAt == nil)
    let settings = AlertMachine.Settings(Make.alert("fall").settings)
    let machine = AlertMachine(settings, restored: standing, at: 100)
    #expect(machine.phase == .acknowledged && machine.flags == .shelved && machine.episode == 5)
    #expect(machine.episodeFloor == 21, "the next episode is the 22nd")
  }
}
