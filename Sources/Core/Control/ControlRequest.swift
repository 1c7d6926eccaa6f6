import Config
import Text

/// One line of a peer: a JSON object, or plain words for a person who types.
struct ControlRequest: Equatable {
  var action: ControlAction
  /// Empty where none was given.
  var alert = ""
  var sensor = ""
  var by = ""
  var note = ""
  /// 0: the one that stands.
  var episode: Int64 = 0
  var forNanoseconds: Int64?
  var sinceNanoseconds: Int64?
  var isOnce = false
  /// `service`: on or off.
  var isOn: Bool?
  /// `set`: the key, and one number or two.
  var level = ""
  var to: [Double] = []
  /// Where the page before ended.
  var after: Int64 = 0

  /// The action's word is kept for the audit also where the rest cannot be read.
  static func word(of line: UnsafeRawBufferPointer) -> String {
    if let value = try? JSONValue.parse(line) { return value["do"]?.string ?? "" }
    return words(line).first ?? ""
  }

  init(_ line: UnsafeRawBufferPointer) throws(ControlRefusal) {
    let start = line.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
    if start == UInt8(ascii: "{") {
      guard let value = try? JSONValue.parse(line) else { throw .notJSON }
      try self.init(value)
    } else {
      try self.init(words: Self.words(line))
    }
  }

  private func takes(_ key: String) -> Bool {
    action.keys.contains { $0.utf8.elementsEqual(key.utf8) }
  }

  private static func action(_ word: String) throws(ControlRefusal) -> ControlAction {
    guard let action = ControlAction(rawValue: word) else { throw .unknownAction(word) }
    return action
  }

  // MARK: JSON

  private init(_ value: JSONValue) throws(ControlRefusal) {
    guard let word = value["do"]?.string else { throw .noAction }
    action = try Self.action(word)
    // A key that is misspelt, or another action's, must not change what an act means.
    for member in value.members ?? [] where member.name != "do" && !takes(member.name) {
      throw .notTaken(member.name, by: action)
    }
    alert = try Self.text(value, "alert")
    sensor = try Self.text(value, "sensor")
    by = try Self.text(value, "by")
    note = try Self.text(value, "note")
    level = try Self.text(value, "level")
    episode = try Self.whole(value, "episode")
    after = try Self.whole(value, "after")
    forNanoseconds = try Self.duration(value, "for")
    sinceNanoseconds = try Self.duration(value, "since")
    if let once = value["once"] {
      guard let once = once.bool else { throw .value(key: "once", needs: "true or false") }
      isOnce = once
    }
    isOn = try Self.state(Self.text(value, "state"))
    to = try Self.numbers(value)
  }

  private static func text(_ value: JSONValue, _ key: String) throws(ControlRefusal) -> String {
    guard let member = value[key], !member.isNull else { return "" }
    guard let text = member.string else { throw .value(key: key, needs: "a text") }
    return plain(text)
  }

  private static func whole(_ value: JSONValue, _ key: String) throws(ControlRefusal) -> Int64 {
    guard let member = value[key], !member.isNull else { return 0 }
    guard let number = member.int64, number >= 0 else {
      throw .value(key: key, needs: "a whole number from 0")
    }
    return number
  }

  private static func duration(_ value: JSONValue, _ key: String) throws(ControlRefusal) -> Int64? {
    guard let member = value[key], !member.isNull else { return nil }
    guard let text = member.string else { throw .value(key: key, needs: "a duration as \"30m\"") }
    return try duration(text, key)
  }

  private static func duration(_ text: String, _ key: String) throws(ControlRefusal) -> Int64 {
    guard let nanoseconds = DurationText.nanoseconds(text), nanoseconds > 0 else {
      throw .value(key: key, needs: "a duration as \"30m\"")
    }
    return nanoseconds
  }

  private static func state(_ text: String) throws(ControlRefusal) -> Bool? {
    switch text {
    case "": return nil
    case "on": return true
    case "off": return false
    default: throw .value(key: "state", needs: "\"on\" or \"off\"")
    }
  }

  private static func numbers(_ value: JSONValue) throws(ControlRefusal) -> [Double] {
    guard let member = value["to"] else { return [] }
    if let number = member.double { return [number] }
    guard let elements = member.array, elements.count == 2, let low = elements[0].double,
      let high = elements[1].double
    else { throw .value(key: "to", needs: "a number, or [low, high]") }
    return [low, high]
  }

  // MARK: words

  private static func words(_ line: UnsafeRawBufferPointer) -> [String] {
    line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      .map { plain(String(decoding: $0, as: UTF8.self)) }
  }

  /// `ack fall seen it`, `shelve fall 30m cable is broken`, `service fall off pump is changed`,
  /// `pause 2m`: what is left over is the note, for an action that takes one.
  private init(words: [String]) throws(ControlRefusal) {
    guard let word = words.first else { throw .noAction }
    action = try Self.action(word)
    var rest = words.dropFirst()
    if takes("alert") { alert = rest.popFirst() ?? "" }
    if takes("sensor") { sensor = rest.popFirst() ?? "" }
    switch action {
    case .shelve, .pause:
      forNanoseconds = try rest.popFirst().map { (text) throws(ControlRefusal) in
        try Self.duration(text, "for")
      }
    case .service: isOn = try Self.state(rest.popFirst() ?? "")
    case .set:
      level = rest.popFirst() ?? ""
      while let number = rest.first.flatMap(Self.number) {
        to.append(number)
        rest.removeFirst()
      }
      if to.isEmpty { throw .value(key: "to", needs: "a number, or two") }
    default: break
    }
    // After a level's numbers, too: `set fall above 0.85 for 30m` would hold for ever.
    if let word = rest.first, action == .set || !takes("note") {
      throw .notTaken(word, by: action)
    }
    note = rest.joined(separator: " ")
  }

  private static func number(_ text: String) -> Double? {
    var text = text
    return text.withUTF8 { bytes in
      (try? JSONValue.parse(UnsafeRawBufferPointer(bytes)))?.double
    }
  }

  /// A line for a log and a terminal: without characters that these obey.
  private static func plain(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{200E}", "\u{200F}",
        "\u{2028}"..."\u{202E}", "\u{2066}"..."\u{2069}":
        result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
