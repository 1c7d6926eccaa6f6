import Config
import EdgeRuntime
import Models
import SensorIO
import System
import Text
import Trust

/// Why the core does not start.
package enum StartError: Error {
  case system(SystemError)
  case noThread
  /// A configuration without a sensor: nothing would ever happen.
  case noSensor(place: SourcePlace)
  case eventsSocket(place: SourcePlace, SocketError)
  /// Another agent works in that state folder.
  case stateInUse(folder: String)
  case controlSocket(place: SourcePlace, SocketError)
  /// The port of a sensor with `startup = "error"`.
  case port(place: SourcePlace, subject: String, PortError)
  case decoding(place: SourcePlace, DecodingSetupError)
  /// The keys whose holders may put models onto this board are asked for and are of no use.
  case trust(place: SourcePlace, TrustError)
  case bundle(pipeline: String, place: SourcePlace, BundleError)
  /// The configuration and a model do not go together.
  case configuration(ConfigurationError)
  case scorer(place: SourcePlace, ScorerError)
  /// Samples a second that the sensor sends and that the model was trained on.
  case rate(place: SourcePlace, found: Double, model: String, expected: Double)
  /// A new version does not fit beside the one that scores.
  case spareTooLarge(place: SourcePlace, bytes: Int, bytesMax: Int)
  case labelUnknown(place: SourcePlace, label: String, labels: [String])
  /// A level that no score of the model can reach, or a clear level that none can; `nearest` is the
  /// least or greatest score.
  case levelUnreachable(place: SourcePlace, LevelReachFault)
  /// More windows than an hour holds, of so many nanoseconds each.
  case votesTooLong(place: SourcePlace, alert: String, of: Int, periodNanoseconds: Int64)
  /// A hold within one window.
  case holdTooShort(place: SourcePlace, alert: String, hold: Int64, periodNanoseconds: Int64)
  /// Every pipeline's model was refused, and each refusal has been logged.
  case nothingToRun(Int32)
}

extension StartError {
  /// A version of a model does not verify: nobody whom the owner trusts vouches for its bytes.
  var isOfUnverified: Bool {
    if case .bundle(_, _, .trust(let error)) = self { error.isOfTheBundle } else { false }
  }
}
