import CPlatform
import Config
import System
import Text

/// What the hot thread asks of the Linux kernel before READY, so that it is not late for reasons
/// that have nothing to do with its work. The real-time priority is not among it: the unit gives
/// that.
struct Punctuality {
  private let settings: AgentSettings

  init(_ settings: AgentSettings) { self.settings = settings }

  /// From the hot thread itself, after everything is allocated and warm. What the kernel refuses is
  /// told once; the agent works without it.
  func begin() {
    // Its waits end on time instead of up to 50 µs later.
    _ = cp_prctl(CP_PR_SET_TIMERSLACK, 1)
    if let processor = settings.processor, case let code = cp_stay_on_processor(Int32(processor)),
      code != 0
    {
      Log.write(
        .warning,
        "\(settings.processorPlace.text): the hot thread cannot stay on processor \(processor): "
          + "\(String(cString: cp_error_text(code))); take one that /proc/cpuinfo lists, or none")
    }
    cp_touch_stack()
    cp_touch_running_code()
    let code = cp_lock_memory()
    // Without a real-time priority other delays are longer than a missing page's.
    if code != 0 && cp_is_real_time() != 0 {
      Log.write(
        .notice,
        "memory is not locked: \(String(cString: cp_error_text(code))); a missing page may delay an "
          + "alert by milliseconds; LimitMEMLOCK=infinity in the unit allows it")
    }
  }
}
