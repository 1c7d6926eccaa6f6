import Config
import SensorIO
import System
import Text

/// `record`: what a sensor or a port brings, byte for byte and with the times of arrival, in a file
/// that `replay` takes.
///
/// A port has one reader. Where an agent runs, it has its sensors' ports, and hands over the frames
/// that it keeps for the black box; without one, the port is opened here.
enum RecordCommand {
  struct Options {
    /// A sensor's name, or a port as a configuration writes it; nil for the only sensor.
    var source: String?
    var output: String
    /// Nil: until somebody stops it.
    var nanoseconds: Int64?
    var bytesMax: Int
    var baud: Int?
    var configurationPath: String?

    /// Whether the source is a port: a sensor's name has no colon.
    var isPort: Bool { source?.utf8.contains(UInt8(ascii: ":")) ?? false }
  }

  static let bytesDefault = 10 << 20

  static func execute(_ words: [String]) throws(Failure) {
    let options: Options
    do throws(UsageError) {
      options = try parse(words)
    } catch {
      throw .usage(error, .record)
    }
    let found = try source(options)
    let (port, sensor) = (found.port, found.sensor)
    let (now, wall) = (Clock.boot(), Clock.wall())
    var head = found.head
    head.at = now
    if Clock.plausible(wall) != nil {
      Timestamp(wallNanoseconds: wall).withBytes { head.time = String(decoding: $0, as: UTF8.self) }
    }
    if let sensor, ControlClient.isThere(found.socket) {
      let recorder = try AgentRecorder(sensor, head, options, socket: found.socket)
      return Terminal.write(try recorder.run().text(options.output))
    }
    if let sensor, sensor.isAsked {
      throw .failed(
        "the device of sensor \(sensor.name) sends when the agent asks it, and no agent runs",
        "start the agent, and then record")
    }
    let recorder = try PortRecorder(port, head: head.text(sensor: sensor?.written), options)
    Terminal.write(try recorder.run().text(options.output))
  }

  static func parse(_ words: [String]) throws(UsageError) -> Options {
    let arguments = try Arguments(
      words, valued: ["--output", "--config", "--for", "--max", "--baud"])
    let source = try arguments.optionalOperand()
    var options = Options(
      source: source, output: try arguments.required("--output"), bytesMax: bytesDefault)
    options.configurationPath = arguments.value("--config")
    if let text = arguments.value("--for") {
      let nanoseconds = DurationText.nanoseconds(text) ?? 0
      guard (1...RawRecordingLimits.nanosecondsMax).contains(nanoseconds) else {
        throw .form(option: "--for", .duration)
      }
      options.nanoseconds = nanoseconds
    }
    if let text = arguments.value("--max") {
      let bytes = MemoryText.bytes(text) ?? 0
      guard (64 << 10...RawRecordingLimits.fileBytesMax).contains(bytes) else {
        throw .form(option: "--max", .size)
      }
      options.bytesMax = bytes
    }
    if arguments.value("--baud") != nil {
      guard options.isPort else { throw .optionAlone("--baud", needs: "a port") }
      let range = SerialSettings.baudRange
      options.baud = try arguments.integer("--baud", default: range.lowerBound, in: range)
    }
    return options
  }

  private struct Source {
    let port: PortAddress
    let head: RecordingHead
    /// Nil for a bare port.
    var sensor: SensorSettings?
    /// Where the sensor's agent listens.
    var socket = ""
  }

  private static func source(_ options: Options) throws(Failure) -> Source {
    var head = RecordingHead()
    head.program = SemanticVersion.agent.text
    if options.isPort, let text = options.source {
      switch PortText.address(text, line: SerialSettings()) {
      case .iio?, .sound?:
        throw Failure(
          exitCode: 2,
          lines: [
            "\(TerminalText.printable(text)) is set to a rate, which a port alone does not say; "
              + "write a [[sensor]] of it, and record that by its name"
          ])
      default: break
      }
      do throws(ConfigurationError) {
        let port = try Configuration.port(text, baud: options.baud)
        return Source(port: port, head: head)
      } catch {
        throw Failure(exitCode: 2, lines: error.messages)
      }
    }
    let configuration = try RunCommand.configuration(
      options.configurationPath ?? ControlClient.configurationPath)
    head.agent = configuration.agent.id
    guard options.source != nil || configuration.sensors.count == 1 else {
      throw .failed(
        "there are \(Decimal.count(configuration.sensors.count, "sensor"))",
        "name one of \(configuration.sensors.map { $0.name }.quotedList)")
    }
    guard
      let sensor = configuration.sensors.first(where: {
        options.source == nil || $0.name == options.source
      })
    else {
      throw .failed(
        "no sensor named \"\(TerminalText.printable(options.source ?? ""))\" in the configuration",
        "it has \(configuration.sensors.map { $0.name }.quotedList)")
    }
    return Source(
      port: sensor.port, head: head, sensor: sensor, socket: configuration.control.socket)
  }
}
