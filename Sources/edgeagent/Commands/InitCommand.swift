import Config
import SensorIO
import System
import Text

/// `init`: asks what is connected and what is too much, and writes a configuration with one alert.
/// An option answers each question beforehand.
enum InitCommand {
  static func execute(_ words: [String]) throws(Failure) {
    let options: InitOptions
    do throws(UsageError) {
      options = try InitOptions(words)
    } catch {
      throw .usage(error, .initialize)
    }
    if !options.mayOverwrite, let path = options.output { try refuseIfThere(path) }
    let signals = Signals()
    var dialogue = Dialogue(signals: signals, asks: !options.isSilent)
    let port: String
    if let given = options.port { port = given } else { port = try askPort(&dialogue) }
    let sniffing = try sniffOptions(port, options)
    let finding = try Sniffer(sniffing, signals: signals) { Terminal.write($0) }.run()
    if let trouble = finding.trouble { throw .failed(trouble) }
    Terminal.write(finding.text)
    let field = try chooseField(of: finding, options, &dialogue)
    let level: FirstConfiguration.Level
    if let given = options.level {
      level = given
    } else {
      level = try askLevel(of: field, &dialogue)
    }
    let path: String
    if let given = options.output { path = given } else { path = try askOutput(&dialogue) }
    if !options.mayOverwrite { try refuseIfThere(path) }
    try write(FirstConfiguration(finding, field, level, path: path).text, to: path, options)
    Terminal.write(
      "\nwrote \(path); try it:\n  edgeagent check --config \(path)\n"
        + "  edgeagent run --config \(path)\n")
  }

  private static func sniffOptions(
    _ port: String, _ options: InitOptions
  ) throws(Failure) -> SniffOptions {
    do throws(UsageError) {
      return try SniffOptions(options.arguments, port: port)
    } catch {
      throw .usage(error, .initialize)
    }
  }

  // MARK: the questions

  private static func askPort(_ dialogue: inout Dialogue) throws(Failure) -> String {
    let devices = SerialDevices.paths
    guard dialogue.asks else {
      guard devices.count == 1 else {
        throw .failed(
          "\(devices.count == 0 ? "no serial device is" : "several serial devices are") there",
          "name the port with --port")
      }
      return devices[0]
    }
    var question = "What is connected?\n"
    for (index, path) in devices.enumerated() { question += "  \(index + 1)  \(path)\n" }
    if devices.isEmpty { question += "  (no serial device is there)\n" }
    question += "a number, or a port as unix:/run/sensor.sock"
    return try dialogue.ask(question, option: "--port") { answer in
      if let number = Digits.number(answer) {
        return (1...max(1, devices.count)).contains(Int(number)) && !devices.isEmpty
          ? devices[Int(number) - 1] : nil
      }
      return PortText.address(answer, line: SerialSettings()) == nil ? nil : answer
    }
  }

  private static func chooseField(
    of finding: SniffFinding, _ options: InitOptions, _ dialogue: inout Dialogue
  ) throws(Failure) -> FirstConfiguration.Field {
    let fields = FirstConfiguration.Field.all(of: finding)
    if let name = options.field {
      guard let field = FirstConfiguration.Field.named(name, among: fields) else {
        throw .failed(
          "no field has the name \(quoted(name))",
          "one of \(fields.map { $0.name }.quotedList)")
      }
      return field
    }
    guard dialogue.asks else { return fields[0] }
    var question = "\nWhich value has a limit?\n"
    for (index, field) in fields.enumerated() {
      let value = field.value.isNaN ? "" : ", now \(field.value)"
      question += "  \(index + 1)  \(field.sensor).\(field.name)\(value)\n"
    }
    question += "a number, or a name"
    return try dialogue.ask(question, option: "--field") { answer in
      if let number = Digits.number(answer) {
        return (1...fields.count).contains(Int(number)) ? fields[Int(number) - 1] : nil
      }
      return FirstConfiguration.Field.named(answer, among: fields)
    }
  }

  private static func askLevel(
    of field: FirstConfiguration.Field, _ dialogue: inout Dialogue
  ) throws(Failure) -> FirstConfiguration.Level {
    let question =
      "\nWhen is \(field.name) too much? `above 30`, or `below 5` where less is wrong"
    return try dialogue.ask(question, option: "--above or --below") { answer in
      let (word, number) = ConfigurationText.split(answer, at: " ")
      guard let number, let level = InitOptions.number(number) else { return nil }
      switch word {
      case "above": return FirstConfiguration.Level(key: "above", value: level)
      case "below": return FirstConfiguration.Level(key: "below", value: level)
      default: return nil
      }
    }
  }

  private static func askOutput(_ dialogue: inout Dialogue) throws(Failure) -> String {
    let standard = "edgeagent.toml"
    guard dialogue.asks else { return standard }
    return try dialogue.ask("\nWhich file? Enter takes \(standard)", option: "--output") { answer in
      answer.isEmpty ? standard : answer
    }
  }

  // MARK: the file

  private static func refuseIfThere(_ path: String) throws(Failure) {
    guard Files.kind(path) == .missing else {
      throw .failed("\(path): is there already", "name another file with --output, or give --force")
    }
  }

  private static func write(
    _ text: String, to path: String, _ options: InitOptions
  ) throws(Failure) {
    // What cannot be read back is not written: it would be a fault of this command.
    do throws(ConfigurationError) {
      _ = try Configuration.parse([ConfigurationSource(file: path, bytes: Array(text.utf8))])
    } catch {
      throw .configuration(error.messages)
    }
    do throws(Files.Failure) {
      if options.mayOverwrite {
        try Files.replace(path, with: Array(text.utf8))
      } else {
        try Files.create(path, Array(text.utf8), mode: 0o644)
      }
    } catch {
      throw .failed("\(path): \(error.text)")
    }
  }
}

/// What `init` was asked, and what it need not ask.
struct InitOptions {
  let arguments: Arguments
  let port: String?
  let field: String?
  let level: FirstConfiguration.Level?
  let output: String?
  let mayOverwrite: Bool
  /// Nothing is asked.
  let isSilent: Bool

  init(_ words: [String]) throws(UsageError) {
    arguments = try Arguments(
      words, flags: ["--yes", "--force"],
      valued: SniffOptions.valued + ["--port", "--field", "--above", "--below", "--output"])
    try arguments.noOperand()
    port = arguments.value("--port")
    field = arguments.value("--field")
    output = arguments.value("--output")
    mayOverwrite = arguments.has("--force")
    isSilent = arguments.has("--yes")
    // Each text is looked at before anybody waits for a sensor.
    _ = try SniffOptions(arguments, port: port ?? "stdin:", isPortKnown: port != nil)
    var level: FirstConfiguration.Level?
    for key in ["above", "below"] {
      guard let text = arguments.value("--\(key)") else { continue }
      guard level == nil else { throw .exclusive("--above", "--below") }
      guard let number = Self.number(text) else { throw .operand(text, .number) }
      level = FirstConfiguration.Level(key: key, value: number)
    }
    if isSilent, level == nil { throw .optionMissing("--above or --below") }
    self.level = level
  }

  /// Nil for what is no finite number.
  static func number(_ text: String) -> Double? {
    var text = text
    let number = text.withUTF8 { DecimalNumber.parse(UnsafeRawBufferPointer($0)) }
    return number.flatMap { $0.isFinite ? $0 : nil }
  }
}
