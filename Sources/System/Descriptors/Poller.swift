import CPlatform

/// The events of a file that a poller waits for.
package struct PollInterest: OptionSet, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  package static let readable = PollInterest(rawValue: CP_EPOLLIN)
  package static let writable = PollInterest(rawValue: CP_EPOLLOUT)
}

/// What a poller reports about one file.
package struct PollEvent: Equatable, Sendable {
  /// The token that the caller gave to `add`.
  package let token: UInt64
  package let isReadable: Bool
  package let isWritable: Bool
  /// The other side is gone. Bytes may be left: read until `.end`.
  package let isHangUp: Bool
}

/// Waits for many files at once (epoll, level-triggered: a file with unread bytes is reported
/// again). Only one thread uses a poller.
package final class Poller {
  private let descriptor: Descriptor
  private let events: UnsafeMutableBufferPointer<epoll_event>

  /// - Parameter eventsMax: the most events that one wait reports; the rest come with the next
  ///   wait.
  package init(eventsMax: Int) throws(SystemError) {
    precondition(eventsMax > 0)
    let raw = epoll_create1(CP_EPOLL_CLOEXEC)
    guard raw >= 0 else { throw .last(.epoll_create) }
    descriptor = Descriptor(owning: raw)
    events = .allocate(capacity: eventsMax)
    events.initialize(repeating: epoll_event())
  }

  deinit { events.deallocate() }

  /// - Parameter token: a number that the caller chooses; it comes back with each event.
  /// - Throws: EPERM for a file that is always ready (`Descriptor.isAlwaysReady`).
  package func add(_ raw: Int32, token: UInt64, interest: PollInterest) throws(SystemError) {
    try control(EPOLL_CTL_ADD, raw, token, interest)
  }

  /// Hot: allocates nothing.
  package func modify(_ raw: Int32, token: UInt64, interest: PollInterest) throws(SystemError) {
    try control(EPOLL_CTL_MOD, raw, token, interest)
  }

  /// Stops watching a file; call it before the file is closed. Does nothing if the file is not
  /// watched.
  package func remove(_ raw: Int32) {
    _ = epoll_ctl(descriptor.raw, EPOLL_CTL_DEL, raw, nil)
  }

  /// Hot: waits for events, at most `timeoutMilliseconds`; nil waits for ever, 0 does not wait.
  ///
  /// - Returns: the events, valid until the next wait. There are none after a timeout or a signal:
  ///   the caller looks at its clock.
  /// - Complexity: one system call; allocates nothing.
  package func wait(timeoutMilliseconds: Int32?) throws(SystemError) -> PollEvents {
    let count = epoll_wait(
      descriptor.raw, events.baseAddress, Int32(events.count), timeoutMilliseconds ?? -1)
    guard count >= 0 || cp_errno() == EINTR else { throw .last(.epoll_wait) }
    let ready = events.extracting(0..<Int(max(count, 0)))
    return PollEvents(events: UnsafeBufferPointer(ready))
  }

  private func control(
    _ operation: Int32, _ raw: Int32, _ token: UInt64, _ interest: PollInterest
  ) throws(SystemError) {
    var event = epoll_event()
    event.events = interest.rawValue
    event.data.u64 = token
    guard epoll_ctl(descriptor.raw, operation, raw, &event) == 0 else { throw .last(.epoll_ctl) }
  }
}

/// The events that one wait reported, in no order.
package struct PollEvents: RandomAccessCollection {
  fileprivate let events: UnsafeBufferPointer<epoll_event>

  package var startIndex: Int { 0 }
  package var endIndex: Int { events.count }
  package subscript(index: Int) -> PollEvent {
    let event = events[index]
    return PollEvent(
      token: event.data.u64, isReadable: event.events & CP_EPOLLIN != 0,
      isWritable: event.events & CP_EPOLLOUT != 0,
      isHangUp: event.events & (CP_EPOLLHUP | CP_EPOLLERR) != 0)
  }
}
