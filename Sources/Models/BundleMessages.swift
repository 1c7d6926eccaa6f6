import Config
import EdgeRuntime
import System
import Text
import Trust

extension BundleError {
  package var lines: [String] {
    @export(interface)
    get {
      switch self {
      case .trust(let error): error.lines
      case .notInstalled(let folder, let available):
        [
          "\(folder): no such model; "
            + (available.isEmpty ? "the folder is empty" : "installed: \(available.quotedList)")
        ]
      case .versionNotInstalled(let folder, let available):
        ["\(folder): no such version; installed: \(available.quotedList)"]
      case .file(let path, let failure): ["\(path): \(failure.text)"]
      case .manifest(let error): error.messages
      case .misplaced(let path, let name, let version):
        ["\(path): is model \(name)/\(version); its folder must have that name"]
      case .model(let path, let error): ["\(path): \(error.message)"]
      case .tensorCount(let path, let inputs, let outputs):
        [
          "\(path): \(Decimal.count(inputs, "input")) and \(Decimal.count(outputs, "output")); a "
            + "bundle's model has one of each"
        ]
      case .windowSize(let place, let window, let features, let modelValues):
        [
          "\(place.text): window \(window) of \(Decimal.count(features, "feature")) is "
            + "\(Decimal.count(window * features, "value")), the model's input has \(modelValues)"
        ]
      case .labelCount(let place, let labels, let modelScores):
        [
          "\(place.text): \(Decimal.count(labels, "label")), the model's output has "
            + Decimal.count(modelScores, "score")
        ]
      case .reconstruction(let place, let windowValues, let modelValues):
        [
          "\(place.text): a reconstruction has all \(Decimal.count(windowValues, "value")) of the "
            + "window, the model's output has \(modelValues)"
        ]
      case .golden(let path, let error): ["\(path): \(error.message)"]
      case .tooSlow(let place, let nanoseconds, let nanosecondsMax):
        [
          "\(place.text): an inference takes \(nanoseconds / 1000) us on this board, the model's "
            + "limit is \(DurationText.text(nanoseconds: nanosecondsMax)); use a smaller model or a "
            + "faster board"
        ]
      }
    }
  }
}

extension GoldenError {
  var message: String {
    switch self {
    case .notGolden: "not a file of golden vectors"
    case .format(let found): "format \(found); this agent reads format 1"
    case .size(let found):
      "its size, \(Decimal.count(found, "byte")), is not what its header says; copy it again"
    case .shape(let inputBytes, let outputBytes, let modelInputBytes, let modelOutputBytes):
      "made for \(Decimal.count(inputBytes, "byte")) in and \(outputBytes) out, the model has "
        + "\(modelInputBytes) and \(modelOutputBytes); it belongs to another model"
    case .differs(let sample, let byte, let expected, let found):
      "sample \(sample), byte \(byte): computed \(found), expected \(expected); the model is not "
        + "used on this board"
    }
  }
}

enum TrustText {
  static func notNoted(_ path: String, _ failure: Files.Failure) -> String {
    "\(path): \(failure.text); this version is refused once the keys that vouch for it have expired"
  }
}
