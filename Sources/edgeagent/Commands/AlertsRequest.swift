import Config
import Text

/// One request, as the words of the command line say it.
struct AlertsRequest {
  let action: AlertsCommand.Action
  private(set) var alert = ""
  private(set) var duration = ""
  private(set) var state = ""
  private(set) var level = ""
  private(set) var to: [Double] = []
  private let by: String?
  private let note: String?
  private let since: String?
  private let episode: Int
  private let isOnce: Bool

  init(_ action: AlertsCommand.Action, _ arguments: Arguments) throws(UsageError) {
    self.action = action
    by = arguments.value("--by")
    note = arguments.value("--reason") ?? arguments.value("--note")
    since = arguments.value("--since")
    episode = try arguments.integer("--episode", default: 0, in: 1...Int.max)
    isOnce = arguments.has("--once")
    switch action {
    case .list, .stats, .recording: try arguments.noOperand()
    case .history:
      try arguments.noOperand()
      alert = arguments.value("--alert") ?? ""
    case .ack, .confirm, .reset, .unshelve, .drill, .unset:
      alert = try arguments.operand("NAME")
    case .pause: duration = try arguments.operand("DURATION")
    case .shelve:
      let words = try Self.operands(arguments, ["NAME", "DURATION"])
      (alert, duration) = (words[0], words[1])
      _ = try arguments.required("--reason")
    case .service:
      let words = try Self.operands(arguments, ["NAME", "on|off"])
      (alert, state) = (words[0], words[1])
      guard ["on", "off"].contains(state) else { throw .operand(state, .onOrOff) }
      _ = try arguments.required("--reason")
    case .set:
      let all = try arguments.anyOperands("NAME")
      let words = try Self.operands(
        arguments, ["NAME", "KEY", "NUMBER"] + (all.count > 3 ? ["NUMBER"] : []))
      (alert, level) = (words[0], words[1])
      for word in words.dropFirst(2) {
        guard let number = Self.number(word) else { throw .operand(word, .number) }
        to.append(number)
      }
    }
    let isTimed = action == .pause || action == .shelve
    if isTimed, DurationText.nanoseconds(duration) == nil { throw .operand(duration, .duration) }
  }

  /// Exactly these.
  private static func operands(
    _ arguments: Arguments, _ names: [String]
  ) throws(UsageError) -> [String] {
    let words = try arguments.anyOperands(names[0])
    guard words.count >= names.count else { throw .operandMissing(names[words.count]) }
    guard words.count == names.count else { throw .operandUnexpected(words[names.count]) }
    return words
  }

  /// A number as JSON writes it.
  private static func number(_ word: String) -> Double? {
    Array(word.utf8).withUnsafeBytes { try? JSONValue.parse($0) }?.double
  }

  func put(into writer: inout JSONWriter) {
    writer.member("do", action.rawValue)
    if !alert.isEmpty { writer.member("alert", alert) }
    if let by { writer.member("by", by) }
    if let note { writer.member("note", note) }
    if let since { writer.member("since", since) }
    if episode > 0 { writer.member("episode", episode) }
    if !duration.isEmpty { writer.member("for", duration) }
    if isOnce { writer.member("once", true) }
    if !state.isEmpty { writer.member("state", state) }
    if !level.isEmpty { writer.member("level", level) }
    if to.count == 1 { writer.member("to", to[0]) }
    if to.count == 2 {
      writer.array("to") { writer in
        for number in to { writer.number(number) }
      }
    }
  }
}
