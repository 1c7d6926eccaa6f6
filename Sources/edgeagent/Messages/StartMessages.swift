import EdgeRuntime
import SensorIO
import System
import Text

extension StartError {
  /// 78 for what a person must change in the configuration or the models, 1 for what the system
  /// refused.
  var exitCode: Int32 {
    switch self {
    case .system, .noThread, .eventsSocket: 1
    case .noSensor, .decoding, .bundle, .configuration, .scorer, .rate, .labelUnknown,
      .spareTooLarge:
      78
    case .nothingToRun(let code): code
    }
  }

  var lines: [String] {
    switch self {
    case .system(let error): [error.message]
    case .noThread: ["the system gives no thread; is TasksMax or the process limit too low?"]
    case .eventsSocket(let place, .missing(let path)),
      .eventsSocket(let place, .notPermitted(let path)):
      [
        "\(place.text): no socket can be made at \(path); set socket in [events] to a folder that "
          + "exists and that the agent may write"
      ]
    case .eventsSocket(let place, let error): ["\(place.text): events socket \(error.message)"]
    case .noSensor(let place):
      [
        "\(place.text): there is nothing to watch; add a [[sensor]] with name, port, fields and rate"
      ]
    case .decoding(let place, let error): ["\(place.text): \(error.message)"]
    case .bundle(let pipeline, let place, let error):
      error.lines.map { "\(place.text): pipeline \(pipeline): \($0)" }
    case .configuration(let error): error.messages
    case .scorer(let place, let error): ["\(place.text): \(error.message)"]
    case .rate(let place, let found, let model, let expected):
      [
        "\(place.text): the sensor's rate is \(found), model \(model) was trained at \(expected) Hz; "
          + "change the sensor's rate, or take a model trained at it"
      ]
    case .labelUnknown(let place, let label, let labels):
      ["\(place.text): the model has no label \"\(label)\"; it has \(labels.quotedList)"]
    case .spareTooLarge(let place, let bytes, let bytesMax):
      [
        "\(place.text): with the new version beside the old one the agent needs \(bytes) bytes, "
          + "memory allows \(bytesMax); raise memory, or give a smaller model"
      ]
    case .nothingToRun: ["no pipeline is left to run: see the errors above"]
    }
  }
}

extension BundleError {
  var lines: [String] {
    switch self {
    case .notInstalled(let folder, let available):
      [
        "\(folder): no such model; "
          + (available.isEmpty ? "the folder is empty" : "installed: \(available.quotedList)")
      ]
    case .file(let path, let failure): ["\(path): \(failure.text)"]
    case .manifest(let error): error.messages
    case .misplaced(let path, let name, let version):
      ["\(path): is model \(name)/\(version); its folder must have that name"]
    case .model(let path, let error): ["\(path): \(error.message)"]
    case .tensorCount(let path, let inputs, let outputs):
      ["\(path): \(inputs) inputs and \(outputs) outputs; a bundle's model has one of each"]
    case .windowSize(let place, let window, let features, let modelValues):
      [
        "\(place.text): window \(window) of \(features) features is \(window * features) values, "
          + "the model's input has \(modelValues)"
      ]
    case .labelCount(let place, let labels, let modelScores):
      ["\(place.text): \(labels) labels, the model's output has \(modelScores) scores"]
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

extension GoldenError {
  var message: String {
    switch self {
    case .notGolden: "not a file of golden vectors"
    case .format(let found): "format \(found); this agent reads format 1"
    case .size(let found): "\(found) bytes is not what its header says; copy it again"
    case .shape(let inputBytes, let outputBytes, let modelInputBytes, let modelOutputBytes):
      "made for \(inputBytes) bytes in and \(outputBytes) out, the model has "
        + "\(modelInputBytes) and \(modelOutputBytes); it belongs to another model"
    case .differs(let sample, let byte, let expected, let found):
      "sample \(sample), byte \(byte): computed \(found), expected \(expected); the model is not "
        + "used on this board"
    }
  }
}

extension [String] {
  /// `"a", "b"`
  var quotedList: String { map { "\"\($0)\"" }.joined(separator: ", ") }
}

extension ScorerError {
  var message: String {
    switch self {
    case .stepsOutOfRange(let found, let limit): "window of \(found); allowed are 1 to \(limit)"
    case .axesOutOfRange(let found, let limit): "\(found) features; allowed are 1 to \(limit)"
    case .strideOutOfRange(let found, let limit): "stride \(found); allowed are 1 to \(limit)"
    case .scalingCount(let found, let expected): "\(found) scalings for \(expected) features"
    case .scalingInvalid(let axis): "the scaling of feature \(axis + 1) cannot be computed"
    case .inputCount(let found): "the model has \(found) inputs, expected 1"
    case .outputCount(let found): "the model has \(found) outputs, expected 1"
    case .inputElements(let found, let expected):
      "the model takes \(found) values, window × features are \(expected)"
    case .inputType(let type): "the model's input is \(type.name); int8 or float32 is needed"
    case .outputType(let type): "the model's output is \(type.name); int8 or float32 is needed"
    case .inputNotQuantized: "the model's input has no scale"
    case .outputNotQuantized: "the model's output has no scale"
    case .model(let error): error.message
    }
  }
}
