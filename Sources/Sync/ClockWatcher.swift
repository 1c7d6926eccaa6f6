import CPlatform

/// Tells when a process sets the clock (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET). Certificates
/// that seemed expired may be good then.
final class ClockWatcher {
  /// Readable when a process set the clock; -1 where the Linux kernel does not tell.
  let descriptor: Int32

  init() {
    descriptor = timerfd_create(CP_CLOCK_REALTIME, CP_TIMER_FLAGS)
    arm()
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Whether a process set the clock since the last call.
  @export(interface)
  func wasSet() -> Bool {
    guard descriptor >= 0 else { return false }
    var count: UInt64 = 0
    let wasSet = read(descriptor, &count, 8) < 0 && cp_errno() == ECANCELED
    if wasSet { arm() }
    return wasSet
  }

  /// Arms the timer for a time that does not come.
  private func arm() {
    guard descriptor >= 0 else { return }
    var never = itimerspec()
    never.it_value.tv_sec = time_t(Int32.max) * 8
    timerfd_settime(descriptor, CP_TIMER_CANCEL_ON_SET, &never, nil)
  }
}
