import CPlatform

/// Lets one thread wake another that waits in its poller (eventfd). Neither call blocks.
struct Wakeup: Sendable {
  let descriptor = eventfd(0, CP_EVENT_FLAGS)

  func wake() { eventfd_write(descriptor, 1) }

  /// Takes what was signalled, so that the descriptor is quiet again.
  func clear() {
    var count: eventfd_t = 0
    eventfd_read(descriptor, &count)
  }
}
