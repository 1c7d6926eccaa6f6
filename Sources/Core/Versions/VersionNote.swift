/// What the models' thread has for the outbox.
enum VersionNote: Sendable {
  case trial(TrialNote)
  case waiting(WaitingNote)
}
