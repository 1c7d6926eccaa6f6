import CPlatform

/// A wait for a few descriptors (poll(2)), for threads that have no poller.
///
///     var wait = Wait()
///     let line = wait.add(socket)
///     let end = wait.add(signals.descriptor)
///     try wait.run(nanoseconds: 1_000_000_000)
///     if wait.isReady(end) { … }
package struct Wait {
  /// The sync process waits for five at once.
  package static let descriptorsMax = 5

  private var files = InlineArray<5, pollfd>(repeating: pollfd(fd: -1, events: 0, revents: 0))
  private var count = 0

  package init() {}

  /// - Parameter descriptor: one below 0 is never ready.
  /// - Returns: its place, for `isReady`.
  @discardableResult
  package mutating func add(_ descriptor: Int32, for interest: PollInterest = .readable) -> Int {
    precondition(count < Self.descriptorsMax)
    let events = interest == .readable ? POLLIN : POLLOUT
    files[count] = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    count += 1
    return count - 1
  }

  /// Waits until a descriptor is ready, a signal comes, or the time is over. After a signal the
  /// caller looks at its clock. A hang-up or an error counts as ready: the caller's next read or
  /// write says which.
  ///
  /// - Returns: false when none is ready.
  /// - Throws: every fault but a signal: the kernel has no memory.
  @discardableResult
  package mutating func run(nanoseconds: Int64) throws(SystemError) -> Bool {
    let left = max(nanoseconds, 0)
    var limit = timespec(
      tv_sec: Int(left / 1_000_000_000), tv_nsec: Int(left % 1_000_000_000))
    var span = files.mutableSpan
    let ready = span.withUnsafeMutableBufferPointer {
      ppoll($0.baseAddress, nfds_t(count), &limit, nil)
    }
    guard ready >= 0 || cp_errno() == EINTR else { throw .last(.ppoll) }
    return ready > 0
  }

  package func isReady(_ place: Int) -> Bool { files[place].revents != 0 }

  /// The short form for one descriptor. False also when the kernel has no memory: then the caller's
  /// next read or write reports the fault.
  package static func isReady(
    _ descriptor: Int32, for interest: PollInterest = .readable, milliseconds: Int64
  ) -> Bool {
    var wait = Wait()
    wait.add(descriptor, for: interest)
    return (try? wait.run(nanoseconds: milliseconds * 1_000_000)) ?? false
  }
}
