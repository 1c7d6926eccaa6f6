import Config
import SensorIO
import System
import Text

/// `sniff`: listens to a port, says what it carries, and prints the `[[sensor]]` that reads it. It
/// only reads, unless a person gives it a prompt.
enum SniffCommand {
  static func execute(_ words: [String]) throws(Failure) {
    let options: SniffOptions
    do throws(UsageError) {
      options = try SniffOptions(words)
    } catch {
      throw .usage(error, .sniff)
    }
    if case .iio(let settings) = options.port {
      return Terminal.write(try IIOSniff(settings, options).text)
    }
    let show: ((String) -> Void)? = options.asJSON ? nil : { Terminal.write($0) }
    let finding = try Sniffer(options, signals: Signals(), show: show).run()
    if options.asJSON {
      Terminal.write(finding.json)
    } else if finding.best != nil {
      Terminal.write(finding.text)
    }
    if let trouble = finding.trouble { throw .failed(trouble) }
  }
}

/// What `sniff` was asked.
struct SniffOptions {
  static let valued = ["--baud", "--for", "--name", "--prompt"]
  /// From a moment to an hour: a meter may report every quarter of one.
  private static let listening: ClosedRange<Int64> = 100_000_000...3_600_000_000_000

  var port: PortAddress
  /// The rate was given: no other one is tried.
  var hasBaud: Bool
  var nanoseconds: Int64
  /// Of the sensor in the table.
  var name: String?
  /// What the device is told once a second.
  var prompt: BytesText?
  var asJSON: Bool

  init(_ words: [String]) throws(UsageError) {
    let arguments = try Arguments(words, flags: ["--json"], valued: Self.valued)
    try self.init(arguments, port: try arguments.operand("PORT"))
  }

  /// - Parameters:
  ///   - arguments: of a command that takes `valued`.
  ///   - port: the text of the port.
  ///   - isPortKnown: false where the port is asked for later.
  init(
    _ arguments: Arguments, port text: String, isPortKnown: Bool = true
  ) throws(UsageError) {
    asJSON = arguments.has("--json")
    name = arguments.value("--name")
    if let name, !ConfigurationText.isName(name) { throw .operand(name, .name) }
    nanoseconds = 10_000_000_000
    if let text = arguments.value("--for") {
      guard let time = DurationText.nanoseconds(text), Self.listening.contains(time) else {
        throw .operand(text, .listening)
      }
      nanoseconds = time
    }
    hasBaud = arguments.value("--baud") != nil
    let baud = try arguments.integer(
      "--baud", default: RateSearch.rates[0], in: SerialSettings.baudRange)
    guard let port = PortText.address(text, line: SerialSettings(baud: baud)) else {
      throw .operand(text, .port)
    }
    self.port = port
    if hasBaud, !isSerial, isPortKnown { throw .optionAlone("--baud", needs: "a serial port") }
    if let text = arguments.value("--prompt") {
      prompt = BytesText.parseEscaped(text)
      if prompt == nil { throw .form(option: "--prompt", .bytes) }
      // At a wrong rate a device would be told something else.
      if isSerial, !hasBaud { throw .optionAlone("--prompt", needs: "--baud") }
      if !port.takesRequests, isPortKnown {
        throw .optionAlone("--prompt", needs: "a port that takes it")
      }
    }
  }

  var isSerial: Bool { if case .serial = port { true } else { false } }
}
