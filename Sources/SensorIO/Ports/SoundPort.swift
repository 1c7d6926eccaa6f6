import CPlatform
import System

/// What a sound device can record as words of 16 bits.
package struct SoundAbility: Equatable, Sendable {
  package let hertz: ClosedRange<Int>
  package let channels: ClosedRange<Int>
}

/// A microphone: one channel of signed words of 16 bits, little-endian, by the kernel's own
/// interface (ALSA's PCM). The kernel keeps half a second; what comes after that is lost, and the
/// port closes and opens anew, so that the gap is told.
package enum SoundPort {
  /// Opens the device and starts it.
  ///
  /// - Parameters:
  ///   - card: its number, or its name (`id` in sysfs), which stays when it is plugged in
  ///     elsewhere.
  ///   - hertz: samples a second; the device has to have that rate itself.
  @export(interface)
  package static func open(
    card: String, device: Int, hertz: Int
  ) throws(PortError) -> Descriptor {
    let number = card.withCString { cp_sound_card($0) }
    guard number >= 0 else { throw .noSound(card: card) }
    var ability = cp_sound()
    let raw = cp_sound_open(
      number, Int32(clamping: device), UInt32(clamping: hertz), &ability)
    if raw >= 0 { return Descriptor(owning: raw) }
    let code = cp_errno()
    let path = "/dev/snd/pcmC\(number)D\(device)c"
    guard code == EINVAL, ability.hertz_max > 0, ability.hertz_min <= ability.hertz_max,
      ability.channels_min <= ability.channels_max
    else { throw .from(.last(.open), path: path) }
    throw .soundUnfit(
      path: path, hertz: hertz,
      SoundAbility(
        hertz: Int(ability.hertz_min)...Int(ability.hertz_max),
        channels: Int(ability.channels_min)...Int(ability.channels_max)))
  }
}
