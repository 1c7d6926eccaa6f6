import CPlatform

/// Lets one thread wake another that waits in its poller (eventfd). Neither call blocks.
struct Wakeup: Sendable {
  let descriptor = eventfd(0, CP_EVENT_FLAGS)

  func wake() { eventfd_write(descriptor, 1) }

  /// Until `wake` was called, or so long.
  func wait(milliseconds: Int32) {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    _ = poll(&entry, 1, milliseconds)
  }

  /// Takes what was signalled, so that the descriptor is quiet again.
  func clear() {
    var count: eventfd_t = 0
    eventfd_read(descriptor, &count)
  }
}
