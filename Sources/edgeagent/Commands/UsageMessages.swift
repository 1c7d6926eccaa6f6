import Config
import Text

extension UsageError {
  var message: String {
    switch self {
    case .commandMissing: "a command is missing"
    case .unknownCommand(let word):
      "unknown command \"\(TerminalText.address(word))\""
        + Self.suggest(word, Command.allCases.map { $0.rawValue })
    case .unknownOption(let option, let known):
      "unknown option \(TerminalText.address(option))" + Self.suggest(option, known)
    case .valueMissing(let option): "\(option) needs a value"
    case .takesNoValue(let option): "\(option) takes no value"
    case .optionMissing(let option): "\(option) is missing"
    case .operandMissing(let name): "\(name) is missing"
    case .operandUnexpected(let word): "unexpected \"\(TerminalText.address(word))\""
    case .action(let word, let choices):
      "unknown action \"\(TerminalText.address(word))\"" + Self.suggest(word, choices)
        + "; known: \(choices.joined(separator: ", "))"
    case .reference(let text):
      "\"\(TerminalText.address(text))\": NAME/VERSION is needed, as in fall/1"
    case .wantedModel(let text):
      "\"\(TerminalText.address(text))\": NAME is needed, from a folder perhaps NAME/VERSION, "
        + "from MLflow NAME@ALIAS"
    case .registry(let error): error.message
    case .uplink(let error): error.message
    case .choice(let option, let text, let choices):
      "\(option) \"\(TerminalText.address(text))\": one of \(choices.joined(separator: ", ")) is needed"
    case .outOfRange(let option, let text, let low, let high):
      "\(option) \"\(TerminalText.address(text))\": a whole number from \(low) to \(high) is needed"
    case .url(let text, let fault): "\"\(TerminalText.address(text))\": \(fault.message)"
    case .form(let option, .digest): "\(option): 64 hexadecimal digits are needed"
    case .form(let option, .pin):
      "\(option): base 64 of the SHA-256 of a public key is needed, 44 characters"
    case .form(let option, .name): "\(option): 1 to 64 of A-Z a-z 0-9 . _ - are needed"
    case .form(let option, .line):
      "\(option): one line of 1 to \(ConfigurationLimits.nameBytesMax) bytes is needed"
    case .form(let option, .duration): "\(option): a duration as 30s is needed, 24h at most"
    case .form(let option, .size): "\(option): a size as 10MiB is needed, 64KiB to 64MiB"
    case .form(let option, .bytes): "\(option): bytes as 'MEAS?\\r\\n' or 'hex:05' are needed"
    case .operand(let text, let expected):
      "\"\(TerminalText.address(text))\": \(expected.text) is needed"
    case .optionAlone(let option, let other): "\(option) is given without \(other)"
    case .exclusive(let one, let other): "\(one) and \(other) are given together"
    }
  }

  private static func suggest(_ word: String, _ known: [String]) -> String {
    guard let nearest = Suggestion.nearest(to: word, among: known) else { return "" }
    return "; did you mean \"\(nearest)\"?"
  }
}

extension UsageError.ExpectedOperand {
  fileprivate var text: String {
    switch self {
    case .number: "a number as in 0.85"
    case .duration: "a duration as in 30m"
    case .onOrOff: "on or off"
    case .name: "a name of 1 to 64 of A-Z a-z 0-9 _ -"
    case .listening: "a time from 100ms to 1h as in 10s"
    case .port:
      "a port as in the configuration (serial:/dev/ttyUSB0, unix:/path, can:can0, stdin:) or the "
        + "path of a serial device"
    case .episode: "an alert and its episode as in fall/3"
    }
  }
}
