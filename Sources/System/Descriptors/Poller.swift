import CPlatform

/// What to wait for.
package struct PollInterest: OptionSet, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  package static let readable = PollInterest(rawValue: CP_EPOLLIN)
  package static let writable = PollInterest(rawValue: CP_EPOLLOUT)
}

/// One file that has something to say.
package struct PollEvent: Equatable, Sendable {
  /// As given to `add`.
  package let token: UInt64
  package let isReadable: Bool
  package let isWritable: Bool
  /// The other side is gone. Bytes may be left: read until `.end`.
  package let isHangUp: Bool
}

/// Waits for many files at once (epoll, level-triggered: what is left unread is reported again).
/// One thread uses it.
package final class Poller {
  private let descriptor: Descriptor
  private let events: UnsafeMutableBufferPointer<epoll_event>

  /// - Parameter eventsMax: reported by one wait; the rest come with the next.
  package init(eventsMax: Int) throws(SystemError) {
    precondition(eventsMax > 0)
    let raw = epoll_create1(CP_EPOLL_CLOEXEC)
    guard raw >= 0 else { throw .last(.epoll_create) }
    descriptor = Descriptor(owning: raw)
    events = .allocate(capacity: eventsMax)
    events.initialize(repeating: epoll_event())
  }

  deinit { events.deallocate() }

  /// - Parameter token: comes back with each event; the caller's own numbering.
  /// - Throws: EPERM for what is always ready (`Descriptor.isAlwaysReady`).
  package func add(_ raw: Int32, token: UInt64, interest: PollInterest) throws(SystemError) {
    try control(EPOLL_CTL_ADD, raw, token, interest)
  }

  /// Hot: allocates nothing.
  package func modify(_ raw: Int32, token: UInt64, interest: PollInterest) throws(SystemError) {
    try control(EPOLL_CTL_MOD, raw, token, interest)
  }

  /// Before the file is closed. One that is not watched is left alone.
  package func remove(_ raw: Int32) {
    _ = epoll_ctl(descriptor.raw, EPOLL_CTL_DEL, raw, nil)
  }

  /// Hot: waits for events, at most that long; nil waits for ever, 0 only looks.
  ///
  /// - Returns: the events, none after the time or a signal: the caller looks at its clock. Valid
  ///   until the next wait.
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

/// What one wait reported, in no order.
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
