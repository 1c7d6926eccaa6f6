import CPlatform

/// Lets one thread wake another that waits in its poller (eventfd). Neither call blocks.
package struct Wakeup: Sendable {
  package let descriptor = eventfd(0, CP_EVENT_FLAGS)

  package init() {}

  package func wake() { eventfd_write(descriptor, 1) }

  /// Waits until another thread calls `wake`, at most so many milliseconds.
  package func wait(milliseconds: Int32) {
    _ = Wait.isReady(descriptor, milliseconds: Int64(milliseconds))
  }

  /// Takes the signals, so that the descriptor is no longer ready.
  package func clear() {
    var count: eventfd_t = 0
    eventfd_read(descriptor, &count)
  }
}
