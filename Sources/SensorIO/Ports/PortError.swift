import CPlatform
import System

/// Why a port did not open.
package enum PortError: Error, Equatable, Sendable {
  /// There is no such file: the device is unplugged, or the path is misspelled.
  case missing(path: String)
  case notPermitted(path: String)
  /// Another program has the device.
  case busy(path: String)
  case notTerminal(path: String)
  case isFolder(path: String)
  /// The rate is not in `SerialSettings.baudRange`.
  case baudUnknown(baud: Int)
  /// The driver accepted the settings but set other ones. `actual` is the rate that it reports, 0
  /// where its two directions differ.
  case settingsRefused(path: String, wanted: SerialSettings, actual: Int)
  /// The driver cannot turn its transceiver round.
  case noRS485(path: String)
  /// There is no network interface of that name.
  case noInterface(String)
  /// There is no sound card of that number or name.
  case noSound(card: String)
  /// It cannot record one channel of words of 16 bits at that rate.
  case soundUnfit(path: String, hertz: Int, SoundAbility)
  /// The Linux kernel has no SocketCAN.
  case noCAN
  case iio(IIOError)
  case socket(SocketError)
  case system(path: String, SystemError)

  /// The case for an errno value that `call` left for `path`.
  static func from(_ error: SystemError, path: String) -> PortError {
    switch error.code {
    case ENOENT, ENOTDIR, ENXIO, ENODEV: .missing(path: path)
    case EACCES, EPERM: .notPermitted(path: path)
    case EBUSY: .busy(path: path)
    default: .system(path: path, error)
    }
  }
}
