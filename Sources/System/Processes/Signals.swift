import CPlatform

/// Signals as a readable descriptor, so that they arrive between two frames and interrupt nothing.
package struct Signals {
  package let descriptor: Int32

  /// Blocks SIGTERM and SIGINT for this thread and the threads it starts later. Ignores SIGPIPE, so
  /// that a subscriber that goes away is an error code and does not end the agent. Ignores SIGHUP,
  /// too. Call it before any other thread exists.
  package init() {
    cp_ignore_signal(SIGPIPE)
    // The end of a person's terminal is not the end of the agent. A new configuration takes a
    // restart.
    cp_ignore_signal(SIGHUP)
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGTERM)
    sigaddset(&set, SIGINT)
    pthread_sigmask(SIG_BLOCK, &set, nil)
    descriptor = signalfd(-1, &set, CP_SIGNAL_FLAGS)
  }

  /// The pending signal's number, if any.
  package func take() -> Int32? {
    var info = signalfd_siginfo()
    let bytes = MemoryLayout<signalfd_siginfo>.size
    guard read(descriptor, &info, bytes) == bytes else { return nil }
    return Int32(info.ssi_signo)
  }
}
