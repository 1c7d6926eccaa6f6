import CPlatform

/// Test builds only (`-DFAULT_POINTS`): the process dies without a word, as if the power had gone,
/// just before its nth change to a disk. What ships has no trace of it.
enum FaultPoint {
  #if FAULT_POINTS
    private nonisolated(unsafe) static var remaining =
      Environment.value("EDGEAGENT_FAULT_POINT").flatMap { Int($0) } ?? 0
  #endif

  /// Called by whatever is about to change a file or a folder. Verbs of one thread only.
  @inline(__always)
  static func reach() {
    #if FAULT_POINTS
      guard remaining > 0 else { return }
      remaining -= 1
      if remaining == 0 { kill(getpid(), SIGKILL) }
    #endif
  }
}
