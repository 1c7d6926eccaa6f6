import CPlatform
import Config
import Store
import Sync
import System
import Text

/// `store send`: sends the records of the outbox once, with the uplink code of sync. A person tries
/// with it whether the server takes them.
enum StoreSend {
  static let usage =
    "UPLINK (--config FILE | --store FILE --agent NAME) [--experiment NAME] [--events MODE] "
    + "[--json] "
    + NetworkOptions.usage

  static func execute(_ words: [String]) throws(Failure) {
    cp_ignore_signal(SIGPIPE)
    let options: SendOptions
    do throws(UsageError) {
      options = try SendOptions(words)
    } catch {
      throw .usage(error, .store, [StoreCommand.Action.send.rawValue])
    }
    let (path, agent) = try options.store()
    let client = HTTPClient(try options.network.settings())
    let drain = try StoreCommand.drain(path)
    let upload = Upload(drain, through: options.uplink.uplink(client, agent: agent))
    let began = Clock.boot()
    do throws(SyncError) {
      try upload.run()
    } catch {
      throw Failure(exitCode: 1, lines: error.lines + progress(of: upload, path))
    }
    Terminal.write(report(upload, options, path, nanoseconds: Clock.boot() - began))
    guard let refusal = upload.lastRefusal else { return }
    throw Failure(
      exitCode: 1,
      lines: refusal.lines + [
        "\(Decimal.count(upload.memory.refused.count, "record")) refused so, while the server takes "
          + "others; kept in \(path)"
      ])
  }

  /// Says what was sent before the failure.
  private static func progress(of upload: Upload, _ path: String) -> [String] {
    guard upload.sent > 0 else { return ["nothing was deleted from \(path)"] }
    return [
      "\(Decimal.count(Int(upload.sent), "record")) had been sent before, and the rest stays in "
        + path
    ]
  }

  private static func report(
    _ upload: Upload, _ options: SendOptions, _ path: String, nanoseconds: Int64
  ) -> String {
    let milliseconds = nanoseconds / 1_000_000
    let server = options.uplink.server.url.authority
    guard !options.isJSON else {
      return JSONWriter.text { writer in
        writer.member("store", path)
        writer.member("server", server)
        writer.member("sent", upload.sent)
        writer.member("set_aside", upload.setAside)
        writer.member("refused", upload.memory.refused.count)
        writer.member("milliseconds", milliseconds)
      } + "\n"
    }
    let seconds = Decimal.text(Double(milliseconds) / 1000, decimals: 2)
    var text = "\(Decimal.count(Int(upload.sent), "record")) sent to \(server) in \(seconds) s\n"
    if upload.setAside > 0 {
      text +=
        "\(Decimal.count(Int(upload.setAside), "record")) refused and set aside: table set_aside "
        + "of \(path)\n"
    }
    return text
  }
}

/// What the command line of `store send` says.
private struct SendOptions {
  let uplink: UplinkSettings
  let network: NetworkOptions
  let isJSON: Bool
  private let config: String?
  private let path: String?
  private let agent: String?

  init(_ words: [String]) throws(UsageError) {
    let arguments = try Arguments(
      words, flags: ["--json"],
      valued: ["--config", "--store", "--agent", "--experiment", "--events"]
        + NetworkOptions.valued)
    uplink = try Self.uplink(try arguments.operand("UPLINK"), arguments)
    network = try NetworkOptions(arguments)
    isJSON = arguments.has("--json")
    (config, path) = (arguments.value("--config"), arguments.value("--store"))
    agent = arguments.value("--agent")
    if path == nil { _ = try arguments.required("--config") }
    if config == nil { _ = try arguments.required("--agent") }
    if let agent {
      guard ConfigurationText.isDottedName(agent) else { throw .form(option: "--agent", .name) }
    }
  }

  private static func uplink(
    _ text: String, _ arguments: Arguments
  ) throws(UsageError) -> UplinkSettings {
    let (experiment, mode) = (arguments.value("--experiment"), arguments.value("--events"))
    if let experiment {
      guard ConfigurationText.isLine(experiment, bytes: 1...ConfigurationLimits.nameBytesMax) else {
        throw .form(option: "--experiment", .line)
      }
    }
    var events = EventsMode.batch
    if let mode {
      guard let named = EventsMode(rawValue: mode) else {
        throw .choice(
          option: "--events", text: mode, choices: EventsMode.allCases.map { $0.rawValue })
      }
      events = named
    }
    let uplink: UplinkSettings
    do throws(UplinkError) {
      uplink = try UplinkSettings(
        text, experiment: experiment ?? UplinkSettings.experimentDefault, events: events)
    } catch {
      throw .uplink(error)
    }
    guard experiment == nil || uplink.isMLflow else {
      throw .optionAlone("--experiment", needs: "mlflow:URL")
    }
    guard mode == nil || !uplink.isMLflow else {
      throw .optionAlone("--events", needs: "cloudevents:URL")
    }
    return uplink
  }

  /// The options override the configuration.
  func store() throws(Failure) -> (path: String, agent: String) {
    guard let config else { return (path!, agent!) }
    let configuration = try RunCommand.configuration(config)
    guard let path = path ?? configuration.store?.path else {
      throw .configuration(["\(config): nothing is stored; add [store]"])
    }
    return (path, agent ?? configuration.agent.id)
  }
}
