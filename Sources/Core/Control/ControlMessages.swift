import Config
import Text

extension ControlRefusal {
  /// What is wrong.
  var message: String {
    switch self {
    case .notJSON: "the line is no JSON object"
    case .noAction: "the request has no \"do\""
    case .unknownAction(let word): "unknown action \(quoted(word))"
    case .notTaken(let key, let action): "\(action.rawValue) does not take \(quoted(key))"
    case .value(let key, let needs): "\"\(key)\" needs \(needs)"
    case .lineTooLong: "a request has at most \(ControlLimits.requestBytesMax) bytes"
    case .tooManyRequests: "more than \(Int(ControlLimits.requestsPerSecond)) requests a second"
    case .notAllowed(let action, let level):
      "\(action.rawValue) needs the right \"\(action.level.word)\"; you have \"\(level.word)\""
    case .alertMissing(let action): "\(action.rawValue) needs the name of an alert"
    case .unknownAlert(let name, _): "no alert has the name \(quoted(name))"
    case .sensorMissing: "record needs the name of a sensor"
    case .unknownSensor(let name, _):
      name.isEmpty ? "the name of a sensor is missing" : "no sensor has the name \(quoted(name))"
    case .noFrames(let sensor): "the agent keeps no frames of \(sensor)"
    case .stateMissing: "service needs \"state\""
    case .reasonMissing(let action): "\(action.rawValue) needs a reason"
    case .durationMissing(let action): "\(action.rawValue) needs a duration"
    case .tooLong(let action, let most):
      "\(action.rawValue) lasts at most \(DurationText.text(nanoseconds: most))"
    case .nothingStands: "no alert waits for a person"
    case .order(let refusal, let alert): "\(alert): \(refusal.message)"
    case .noLevel(let alert): "the condition of \(alert) has no level"
    case .levelKey(let key, _): "the condition has no \(quoted(key))"
    case .levelCount(let key, let needed):
      needed == 1 ? "\(key) takes one number" : "\(key) takes two numbers, low and high"
    case .levelNotFinite: "the level is no finite number"
    case .levelOutOfRange(let low, let high):
      "the level is not within \(Decimal.text(low, decimals: 0)) to \(Decimal.text(high, decimals: 0))"
    case .levelOrder(let key, let other):
      "with this \(key) the alert would never clear past \(other)"
    case .levelUseless(let fault):
      fault.isEndless
        ? "no value of this alert's source would ever end it"
        : "no value of this alert's source "
          + "would ever raise it"
    case .notSet(let alert): "the level of \(alert) is that of the configuration"
    case .notKept(let fault): "it could not be written down, and was not done: \(fault)"
    case .hotThreadSilent: "the agent did not answer in time"
    case .busy: "the agent has too much to do"
    }
  }

  /// What to do about it.
  var remedy: String {
    switch self {
    case .notJSON, .noAction, .unknownAction:
      "one of \(ControlAction.names.joined(separator: ", ")), as {\"do\":\"list\"}"
    case .notTaken(_, let action):
      action.keys.isEmpty
        ? "\(action.rawValue) stands alone"
        : "\(action.rawValue) takes \(action.keys.joined(separator: ", "))"
    case .value, .stateMissing, .durationMissing: "ask {\"do\":\"help\"}"
    case .lineTooLong: "write a shorter note"
    case .tooManyRequests, .busy: "try again in a second"
    case .notAllowed(let action, _):
      "ask who runs this board for an entry in \"\(action.level.word)\" of [control]"
    case .alertMissing: "list shows the names"
    case .unknownAlert(_, let nearest):
      nearest.map { "did you mean \"\($0)\"?" } ?? "list shows the names"
    case .sensorMissing: "say which: \"sensor\":\"…\""
    case .unknownSensor(let name, let known):
      Suggestion.nearest(to: name, among: known).map { "did you mean \"\($0)\"?" }
        ?? "one of \(known.quotedList)"
    case .noFrames:
      "make an alert that depends on it, and leave [black_box] on; or stop the agent and record its "
        + "port"
    case .reasonMissing: "say why, for those who come after you: \"note\":\"…\""
    case .tooLong(let action, _):
      action == .pause ? "acknowledge it, or shelve it" : "shelve it again when that is over"
    case .nothingStands: "list shows what stands"
    case .order(let refusal, _): refusal.remedy
    case .noLevel: "set changes levels of values only; change the configuration"
    case .levelKey(_, let known): "one of \(known.joined(separator: ", "))"
    case .levelCount, .levelNotFinite, .levelOutOfRange, .levelUseless: "give another level"
    case .levelOrder(_, let other): "set \(other) first"
    case .notSet: "there is nothing to take back"
    case .notKept: "look at the disk and at the agent's log; then try again"
    case .hotThreadSilent: "it is written down, and is done at the latest after a restart; see list"
    }
  }
}
