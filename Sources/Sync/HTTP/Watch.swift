import System

/// Makes sure that an exchange ends. The watch waits for the socket, and applies every time limit.
final class Watch {
  private let limits: TimeLimits
  private let cancelDescriptor: Int32?
  private let interlude: (any Interlude)?
  private var interludeAt: Int64
  private var totalEnd: Int64
  private var phaseEnd: Int64 = .max
  private var phaseMilliseconds: Int64 = 0
  private var phase = HTTPFault.Phase.connecting
  private var windowStart: Int64 = 0
  private var windowBytes: Int64 = 0
  private var isMetering = false

  /// - Parameters:
  ///   - cancelDescriptor: ends every wait when it becomes readable.
  ///   - interlude: does a step about once a second, whether the connection is busy or idle.
  init(_ limits: TimeLimits, cancelDescriptor: Int32?, interlude: (any Interlude)? = nil) {
    (self.limits, self.cancelDescriptor) = (limits, cancelDescriptor)
    self.interlude = interlude
    interludeAt = Self.now() + Self.interludeMilliseconds
    totalEnd =
      limits.totalMilliseconds > 0 ? Self.now() + limits.totalMilliseconds : .max
  }

  private static let interludeMilliseconds: Int64 = 1000

  /// Does a step of the interlude when it is due. No limit counts the time of the step.
  ///
  /// - Throws: `.cancelled` when the interlude needs this exchange's place.
  private func stepInterlude() throws(HTTPFault) {
    let before = Self.now()
    guard let interlude, before >= interludeAt else { return }
    interlude.step()
    let after = Self.now()
    interludeAt = after + Self.interludeMilliseconds
    windowStart += after - before
    if phaseEnd != .max { phaseEnd += after - before }
    if totalEnd != .max { totalEnd += after - before }
    if interlude.endsWaiting { throw .cancelled }
  }

  /// Begins a phase of the exchange. The phases of connecting and of the handshake have their time
  /// once. The time of the other phases begins anew with each piece of bytes.
  func enter(_ phase: HTTPFault.Phase) {
    self.phase = phase
    isMetering = false
    restart()
  }

  /// Call this when some bytes went out.
  func sent() { restart() }

  /// Call this when some bytes came in. It checks the rate, which counts from the first byte.
  ///
  /// - Throws: `.tooSlow`, `.timeout` for the whole exchange, and `.cancelled`.
  @export(interface)
  func received(_ bytes: Int) throws(HTTPFault) {
    try stepInterlude()
    let now = Self.now()
    if !isMetering { (isMetering, windowStart, windowBytes) = (true, now, 0) }
    windowBytes += Int64(bytes)
    try checkRate(now)
    restart()
    // A busy connection does not call `wait`. So this call checks the time of the exchange too.
    if now >= totalEnd { throw .timeout(phase, milliseconds: limits.totalMilliseconds) }
  }

  /// Waits until the socket can be read or written.
  ///
  /// - Throws: `.timeout`, `.tooSlow`, `.cancelled`, and `.transfer` when the wait itself fails.
  @export(interface)
  func wait(for direction: Direction, of raw: Int32) throws(HTTPFault) {
    while true {
      try stepInterlude()
      let now = Self.now()
      if isMetering { try checkRate(now) }
      guard now < totalEnd else {
        throw .timeout(phase, milliseconds: limits.totalMilliseconds)
      }
      guard now < phaseEnd else { throw .timeout(phase, milliseconds: phaseMilliseconds) }
      // Once a second at least, the watch checks the rate and the interlude.
      let milliseconds = min(totalEnd - now, phaseEnd - now, 1000)
      var wait = Wait()
      let line = wait.add(raw, for: direction.interest)
      let end = wait.add(cancelDescriptor ?? -1)
      do throws(SystemError) {
        try wait.run(nanoseconds: milliseconds * 1_000_000)
      } catch {
        throw .transfer(code: error.code)
      }
      if wait.isReady(end) { throw .cancelled }
      // The socket is ready after an error or a hang-up too. The next read or write tells which.
      if wait.isReady(line) { return }
    }
  }

  enum Direction: Equatable {
    case readable, writable
    fileprivate var interest: PollInterest { self == .readable ? .readable : .writable }
  }

  private func restart() {
    phaseMilliseconds =
      phase == .connecting || phase == .handshake
      ? limits.connectMilliseconds : limits.idleMilliseconds
    phaseEnd = Self.now() + phaseMilliseconds
  }

  private func checkRate(_ now: Int64) throws(HTTPFault) {
    let elapsed = now - windowStart
    guard elapsed >= limits.rateWindowMilliseconds, elapsed > 0 else { return }
    let rate = windowBytes * 1000 / elapsed
    guard rate >= limits.bytesPerSecondMin else {
      throw .tooSlow(bytesPerSecond: rate, minimum: limits.bytesPerSecondMin)
    }
    (windowStart, windowBytes) = (now, 0)
  }

  /// Milliseconds since the boot.
  private static func now() -> Int64 { Clock.boot() / 1_000_000 }
}
