import Config
import EdgeRuntime
import Models
import SensorIO
import System
import Text
import Trust

extension StartError {
  /// 78 for what a person must change in the configuration or the models, 1 for what the system
  /// refused.
  package var exitCode: Int32 {
    switch self {
    case .system, .noThread, .stateInUse, .eventsSocket, .controlSocket, .port: 1
    case .noSensor, .decoding, .trust, .bundle, .configuration, .scorer, .rate, .labelUnknown,
      .spareTooLarge, .levelUnreachable, .votesTooLong, .holdTooShort:
      78
    case .nothingToRun(let code): code
    }
  }

  package var lines: [String] {
    @export(interface)
    get {
      switch self {
      case .system(let error): [error.message]
      case .noThread: ["the system gives no thread; is TasksMax or the process limit too low?"]
      case .stateInUse(let folder):
        [
          "\(folder): another edgeagent run works in this state folder; stop that one, or give this "
            + "one a folder of its own, with state in [agent]"
        ]
      case .controlSocket(let place, .missing(let path)),
        .controlSocket(let place, .notPermitted(let path)):
        [
          "\(place.text): no socket can be made at \(path); set socket in [control] to a folder that "
            + "exists and that the agent may write"
        ]
      case .controlSocket(let place, let error):
        ["\(place.text): control socket \(error.message)"]
      case .eventsSocket(let place, .missing(let path)),
        .eventsSocket(let place, .notPermitted(let path)):
        [
          "\(place.text): no socket can be made at \(path); set socket in [events] to a folder that "
            + "exists and that the agent may write"
        ]
      case .eventsSocket(let place, let error): ["\(place.text): events socket \(error.message)"]
      case .noSensor(let place):
        [
          "\(place.text): there is nothing to watch; "
            + "add a [[sensor]] with name, port, fields and rate"
        ]
      case .port(let place, let subject, let error):
        [
          "\(place.text): \(subject): \(error.message); with startup = \"wait\" the agent waits for it"
        ]
      case .decoding(let place, let error): ["\(place.text): \(error.message)"]
      case .trust(let place, let error): error.lines.map { "\(place.text): trust: \($0)" }
      case .bundle(let pipeline, let place, let error):
        error.lines.map { "\(place.text): pipeline \(pipeline): \($0)" }
      case .configuration(let error): error.messages
      case .scorer(let place, let error): ["\(place.text): \(error.message)"]
      case .rate(let place, let found, let model, let expected):
        [
          "\(place.text): the sensor's rate is \(found), "
            + "model \(model) was trained at \(expected) Hz; "
            + "change the sensor's rate, or take a model trained at it"
        ]
      case .labelUnknown(let place, let label, let labels):
        ["\(place.text): the model has no label \"\(label)\"; it has \(labels.quotedList)"]
      case .spareTooLarge(let place, let bytes, let bytesMax):
        [
          "\(place.text): with the new version beside the old one the agent needs \(bytes) bytes, "
            + "memory allows \(bytesMax); raise memory, or give a smaller model"
        ]
      case .levelUnreachable(let place, let fault): ["\(place.text): \(fault.message)"]
      case .votesTooLong(let place, let alert, let of, let period):
        [
          "\(place.text): alert \(alert) votes over \(of) windows of "
            + "\(Self.seconds(period)) s each, more than an hour; ask for fewer votes"
        ]
      case .holdTooShort(let place, let alert, let hold, let period):
        [
          "\(place.text): alert \(alert) holds for \(Self.seconds(hold)) s, but its model scores "
            + "every \(Self.seconds(period)) s; write a longer hold, or leave it out"
        ]
      case .nothingToRun: ["no pipeline is left to run: see the errors above"]
      }
    }
  }

  private static func seconds(_ nanoseconds: Int64) -> String {
    Decimal.text(Double(nanoseconds) / 1e9, decimals: 3)
  }
}

extension LevelReachFault {
  /// Of a model's scores.
  fileprivate var message: String {
    switch self {
    case .neverAbove(let level, let greatest):
      "no score reaches above = \(level): the greatest that this model can give is \(greatest); "
        + "write that or less"
    case .neverBelow(let level, let least):
      "no score reaches below = \(level): the least that this model can give is \(least); "
        + "write that or more"
    case .neverClearsBelow(let level, let least):
      "the alert never ends: no score is below clear_below = \(level), the least is \(least); "
        + "write more"
    case .neverClearsAbove(let level, let greatest):
      "the alert never ends: no score is above clear_above = \(level), the greatest is "
        + "\(greatest); write less"
    case .neverOutside(let low, let high):
      "no score is outside [\(low), \(high)]: this model gives none beyond; write a narrower range"
    case .neverInside(let low, let high):
      "no score is inside [\(low), \(high)]: this model gives none there; write another range"
    case .neverClearsOutside(let low, let high):
      "the alert never ends: no score is outside [\(low), \(high)], where it clears; "
        + "write a narrower range"
    case .neverClearsInside(let low, let high):
      "the alert never ends: no score is inside [\(low), \(high)], where it clears; "
        + "write another range"
    }
  }
}

extension BoardTrust.News {
  /// For the log at every start, and for `check`.
  package var text: String {
    @export(interface)
    get {
      switch self {
      case .decided: "trust = \"none\": no model of this board is verified"
      case .undecided(let folder):
        "models are not verified: \(folder) has no key. Put the owner's public key there, as "
          + "NAME.pem, or write trust = \"none\" in [agent] if that is what you want"
      }
    }
  }
}

enum FallbackText {
  /// A version does not verify, and the one before it does.
  static func took(_ pipeline: PipelineSettings, _ verdict: TrialVerdict) -> String {
    let name = pipeline.model.name
    return "pipeline \(pipeline.name): \(name)/\(verdict.version) does not verify, "
      + "\(name)/\(verdict.against) scores instead: \(verdict.reason)"
  }
}
