import Config
import SensorIO
import Text

/// `sniff iio:NAME`: the `[[sensor]]` with all channels of a device. The Linux kernel knows them,
/// so nothing has to be listened to.
struct IIOSniff {
  private let device: IIODescription
  private let port: PortAddress
  private let name: String
  private let asJSON: Bool

  init(_ settings: IIOSettings, _ options: SniffOptions) throws(Failure) {
    do throws(PortError) {
      device = try IIODescription.of(settings.device)
    } catch {
      throw .failed(error.message)
    }
    (port, asJSON) = (options.port, options.asJSON)
    name = options.name ?? "sensor"
  }

  var text: String {
    guard asJSON else {
      let rate = device.hertz == nil ? "; it says no rate: write its trigger's" : ""
      return "\(device.number), \(TerminalText.printable(device.name)): "
        + "\(Decimal.count(device.channels.count, "channel"))\(rate). "
        + "Leave out those that nobody needs.\n\n" + toml
    }
    return JSONWriter.text { writer in
      writer.member("port", PortText.text(port))
      writer.member("found", true)
      writer.member("device", device.number)
      writer.member("channels", device.channels.map { $0.name })
      if let hertz = device.hertz { writer.member("rate", hertz, decimals: 3) }
      writer.member("toml", toml)
    } + "\n"
  }

  private var toml: String {
    var text = "[[sensor]]\nname = \(TOMLText.quoted(name))\n"
    text += "port = \(TOMLText.quoted(PortText.text(port)))\n"
    text += "rate = \(SensorTable.rate(device.hertz ?? 10))\nfields = [\n"
    for channel in device.channels.prefix(ConfigurationLimits.fieldsMax) {
      // A field with brackets in its name could not be named in an alert.
      let field = channel.name.replacing("[", "_").replacing("]", "")
      text += "  { name = \(TOMLText.quoted(field))"
      if field.utf8.count != channel.name.utf8.count {
        text += ", channel = \(TOMLText.quoted(channel.name))"
      }
      if !channel.unit.isEmpty { text += ", unit = \(TOMLText.quoted(channel.unit))" }
      text += " },\n"
    }
    return text + "]\n"
  }
}

extension String {
  /// With a text in the place of each of these bytes.
  fileprivate func replacing(_ byte: Unicode.Scalar, _ text: String) -> String {
    String(
      decoding: utf8.flatMap { $0 == UInt8(ascii: byte) ? Array(text.utf8) : [$0] },
      as: UTF8.self)
  }
}
