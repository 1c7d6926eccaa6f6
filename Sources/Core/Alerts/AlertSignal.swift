/// What the outputs of one alert show.
struct AlertSignal: BitwiseCopyable, Equatable, Sendable {
  enum Light: UInt8, BitwiseCopyable, Equatable, Sendable { case off, flash, steady }

  var sound = false
  var light = Light.off
  /// On from `raised` until the alert is normal again. It follows the process and calls no person,
  /// so that no flag but a drill changes it.
  var relay = false
}

extension AlertMachine {
  /// The signal of the phase, as the table of `AlertMachine` says, less what the flags keep from
  /// people. A drill shows everything: it tests the way through the outputs.
  var signal: AlertSignal {
    if flags.contains(.drill) { return AlertSignal(sound: true, light: .flash, relay: true) }
    var signal =
      switch phase {
      case .normal: AlertSignal()
      case .unacknowledged: AlertSignal(sound: true, light: .flash, relay: true)
      // A latching alert outlives its cause: a person who was not there hears it still.
      case .returned: AlertSignal(sound: settings.latches, light: .flash, relay: true)
      case .acknowledged, .unconfirmed, .latched: AlertSignal(light: .steady, relay: true)
      }
    if flags.isMute { (signal.sound, signal.light) = (false, .off) }
    if flags.contains(.silenced) { signal.sound = false }
    return signal
  }
}
