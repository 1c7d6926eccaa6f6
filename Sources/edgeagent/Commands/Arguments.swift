import Config
import Text

/// The words after a command, cut into options and operands.
///
/// Options are `--name value`, `--name=value` or a bare `--flag`; `--` ends them. A command says
/// which options it knows. Any other option is an error, so a misspelt one is never ignored. A
/// number below zero is an operand: no option begins with a digit.
struct Arguments {
  private var operands: [String] = []
  private var options: [(name: String, value: String?)] = []

  /// - Parameters:
  ///   - flags: names that take no value.
  ///   - valued: names that take one.
  init(_ words: [String], flags: [String] = [], valued: [String] = []) throws(UsageError) {
    var index = 0
    var optionsEnded = false
    while index < words.count {
      let word = words[index]
      index += 1
      if optionsEnded || Self.isOperand(word) {
        operands.append(word)
      } else if word == "--" {
        optionsEnded = true
      } else {
        let (name, inline) = Self.cut(word)
        if flags.contains(name) {
          guard inline == nil else { throw .takesNoValue(option: name) }
          options.append((name, nil))
        } else if valued.contains(name) {
          if inline == nil, index >= words.count { throw .valueMissing(option: name) }
          options.append((name, inline ?? words[index]))
          if inline == nil { index += 1 }
        } else {
          throw .unknownOption(name, known: flags + valued)
        }
      }
    }
  }

  func has(_ flag: String) -> Bool { options.contains { $0.name == flag } }

  func value(_ option: String) -> String? { options.last { $0.name == option }?.value }

  func required(_ option: String) throws(UsageError) -> String {
    guard let value = value(option) else { throw .optionMissing(option) }
    return value
  }

  /// A whole number within the range, or the default where the option is not there.
  func integer(
    _ option: String, default preset: Int, in range: ClosedRange<Int>
  ) throws(UsageError) -> Int {
    guard let text = value(option) else { return preset }
    guard let number = Int(text), range.contains(number) else {
      throw .outOfRange(option: option, text: text, low: range.lowerBound, high: range.upperBound)
    }
    return number
  }

  /// The only operand.
  ///
  /// - Parameter name: what the message calls it when it is missing.
  func operand(_ name: String) throws(UsageError) -> String {
    guard let first = operands.first else { throw .operandMissing(name) }
    guard operands.count == 1 else { throw .operandUnexpected(operands[1]) }
    return first
  }

  /// The only operand, where there is one.
  func optionalOperand() throws(UsageError) -> String? {
    guard operands.count <= 1 else { throw .operandUnexpected(operands[1]) }
    return operands.first
  }

  func anyOperands(_ name: String) throws(UsageError) -> [String] {
    guard !operands.isEmpty else { throw .operandMissing(name) }
    return operands
  }

  func noOperand() throws(UsageError) {
    if let first = operands.first { throw .operandUnexpected(first) }
  }

  private static func isOperand(_ word: String) -> Bool {
    guard word.utf8.first == UInt8(ascii: "-") else { return true }
    return word.utf8.dropFirst().first.map(Digits.isDecimal) ?? true
  }

  private static func cut(_ word: String) -> (name: String, value: String?) {
    guard let equals = word.utf8.firstIndex(of: UInt8(ascii: "=")) else { return (word, nil) }
    return (String(word[..<equals]), String(word[word.index(after: equals)...]))
  }
}

/// A command line that the agent cannot carry out as written: exit code 2.
enum UsageError: Error, Equatable {
  case commandMissing
  case unknownCommand(String)
  case unknownOption(String, known: [String])
  case valueMissing(option: String)
  case takesNoValue(option: String)
  case optionMissing(String)
  case operandMissing(String)
  case operandUnexpected(String)
  /// The word after a command that has several actions.
  case action(String, choices: [String])
  /// The word should be `NAME/VERSION`, or `NAME` where that is enough.
  case reference(String)
  /// The word should be `NAME`, `NAME/VERSION` or `NAME@ALIAS`.
  case wantedModel(String)
  case registry(RegistryAddressError)
  case uplink(UplinkError)
  case choice(option: String, text: String, choices: [String])
  case outOfRange(option: String, text: String, low: Int, high: Int)
  case url(String, URLFault)
  case form(option: String, ExpectedForm)
  case operand(String, ExpectedOperand)
  /// The option means something only beside another one.
  case optionAlone(String, needs: String)
  /// Two options that contradict each other.
  case exclusive(String, String)

  /// The form that a value must have.
  enum ExpectedForm: Equatable { case digest, pin, name, line, duration, size, bytes }

  enum ExpectedOperand: Equatable { case number, duration, onOrOff, name, listening, port, episode }
}
