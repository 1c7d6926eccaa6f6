/// An alert as the file has it, and as its machine takes it.
extension AlertMachine.Saved {
  init(_ saved: SavedAlert) {
    self.init()
    (phase, flags) = (saved.phase, saved.flags)
    (episode, episodeFloor) = (saved.episode, saved.episodeFloor)
    (repeatCount, isConfirmed) = (saved.repeatCount, saved.isConfirmed)
    (since, raisedAt) = (saved.at, saved.since)
    (calledAt, waitingSince) = (saved.at, saved.since)
    clearedAt = saved.clearedAt == 0 ? nil : saved.clearedAt
    (shelfUntil, silenceUntil) = (saved.shelfEnd, saved.silenceEnd)
  }
}
