import CPlatform

/// A thread for the whole life of the process; it is never joined.
package enum Thread {
  /// Small, because the agent's threads keep no large local variables. Eight threads still take 2
  /// MiB.
  package static let stackBytes = 256 * 1024

  /// - Returns: false when the system cannot start a thread.
  package static func start(_ name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, stackBytes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let box = Unmanaged.passRetained(ThreadBody(name: name, run: body))
    var identifier = pthread_t()
    let code = pthread_create(
      &identifier, &attributes,
      { argument in
        let body = Unmanaged<ThreadBody>.fromOpaque(argument!).takeRetainedValue()
        // The hot thread reads the signals from a descriptor; other threads must not get them.
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, nil)
        body.name.withCString { _ = pthread_setname_np(pthread_self(), $0) }
        body.run()
        return nil
      }, box.toOpaque())
    if code != 0 { box.release() }
    return code == 0
  }
}

private final class ThreadBody {
  let name: String
  let run: @Sendable () -> Void

  init(name: String, run: @escaping @Sendable () -> Void) {
    self.name = name
    self.run = run
  }
}
