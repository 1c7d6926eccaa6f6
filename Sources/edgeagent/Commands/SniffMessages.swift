import Config
import SensorIO
import Text

/// The sentences of `sniff`.
enum SniffMessages {
  static func listening(_ port: PortAddress, nanoseconds: Int64) -> String {
    var text = "listening to \(TerminalText.printable(PortText.text(port)))"
    if case .serial(_, let line) = port { text += " at \(line.text)" }
    return text + " for \(DurationText.text(nanoseconds: nanoseconds)); Ctrl-C ends it\n"
  }

  static func trying(_ path: String, nanoseconds: Int64) -> String {
    "listening to \(TerminalText.printable(path)): first the rate is looked for, then what comes "
      + "for \(DurationText.text(nanoseconds: nanoseconds)); Ctrl-C ends it\n"
  }

  static func attempt(_ attempt: RateSearch.Attempt) -> String {
    let rate = Decimal.right("\(attempt.line.baud)", width: 8)
    let count = attempt.byteCount
    guard count > 0 else { return "\(rate) baud: no byte\n" }
    let text = Decimal.text(100 * attempt.textShare, decimals: 0)
    let found = attempt.best.map { "\(words($0)), \(percent($0.explained)) of the bytes" }
    return "\(rate) baud: \(Decimal.count(count, "byte")), \(text) % text; "
      + "\(found ?? "nothing that makes sense")\n"
  }

  /// `    0.123 s  32 31 2e 35 0d 0a   21.5..`
  static func row(_ bytes: [UInt8], nanoseconds: Int64) -> String {
    let digits = bytes.map { Hexadecimal.text([$0]) }.joined(separator: " ")
    let letters = bytes.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: ".") }
    return Decimal.right(Decimal.text(Double(nanoseconds) / 1e9, decimals: 3), width: 9) + " s  "
      + Decimal.left(digits, width: 49) + String(decoding: letters, as: UTF8.self) + "\n"
  }

  static func found(
    _ best: WireHypothesis, _ names: [String], _ port: PortAddress
  ) -> String {
    var text = "\n\(words(best))"
    if case .serial(_, let line) = port { text += ", \(line.text)" }
    text += "; \(percent(best.explained)) of the bytes are in sound frames\n"
    for (sensor, name) in zip(best.sensors, names) {
      text += "  \(name): \(Decimal.count(sensor.samples, "sample"))"
      if sensor.badFrames > 0 { text += ", \(Decimal.count(sensor.badFrames, "bad frame"))" }
      if let hertz = sensor.rateHertz { text += ", \(SensorTable.rate(hertz)) a second" }
      let values = zip(sensor.fields, sensor.values).prefix(8)
        .map { "\($0.name) \($1.isNaN ? "-" : "\($1)")" }
      text += "; the last: \(values.joined(separator: ", "))"
      text += sensor.fields.count > 8 ? ", …\n" : "\n"
    }
    return text + remarks(best)
  }

  /// What a person has to look after.
  private static func remarks(_ best: WireHypothesis) -> String {
    switch best.proof {
    case .device: ""
    case .text: "The names are the device's, or numbers: give them your own, and a unit.\n"
    case .longCheck, .shortCheck:
      "The checksum is right. Which bytes are one number is a guess: compare the values with the "
        + "data sheet.\n"
    case .stuffing, .marks, .lengths:
      "No checksum proves this. Compare frames and values with the data sheet.\n"
    }
  }

  private static func percent(_ share: Double) -> String {
    Decimal.text(100 * share, decimals: 0) + " %"
  }

  /// What it is, in a few words.
  static func words(_ hypothesis: WireHypothesis) -> String {
    let names = hypothesis.sensors.compactMap { $0.preset }
    let sensor = hypothesis.sensors[0]
    var text: String
    switch sensor.framing {
    case .line: text = words(sensor.decoding)
    case .nmea: text = "NMEA sentences"
    case .cobs(let check): text = "COBS" + words(check?.kind)
    case .slip(let check): text = "SLIP" + words(check?.kind)
    case .hdlc(let check): text = "HDLC" + words(check?.kind)
    case .packet(let packet): text = words(packet) + words(packet.check?.kind)
    }
    if sensor.can != nil { text = "CAN frames" }
    guard !names.isEmpty else { return text }
    let hasSentences = hypothesis.sensors.contains { $0.preset == nil }
    return names.joined(separator: ", ") + (hasSentences ? " and NMEA sentences" : "")
  }

  private static func words(_ decoding: DecodingSettings) -> String {
    switch decoding {
    case .csv: "columns of text"
    case .labels: "values with labels"
    case .json: "a JSON document a line"
    case .binary: "packed numbers"
    case .nmea: "NMEA sentences"
    }
  }

  private static func words(_ packet: PacketSettings) -> String {
    switch (packet.length, packet.start.isEmpty) {
    case (.fixed(let bytes), true): "frames of \(bytes) bytes between silences"
    case (.fixed(let bytes), false): "frames of \(bytes) bytes with a mark at their start"
    case (.carried, true): "a length before each packet"
    case (.carried, false): "packets with a mark and a length"
    }
  }

  private static func words(_ check: Checksum?) -> String {
    check.map { ", checksum \($0.word)" } ?? ", no checksum"
  }

  // MARK: nothing

  static func silent(_ port: PortAddress, nanoseconds: Int64, isBaudGiven: Bool) -> String {
    let time = DurationText.text(nanoseconds: nanoseconds)
    let text = "no byte came in \(time) at \(TerminalText.printable(PortText.text(port))): look at "
    switch port {
    case .serial:
      return text
        + "the wires (the device's TX to this RX, and ground), its power, and whether it speaks "
        + "only when it is asked"
    case .unix, .unixPackets, .unixDatagram:
      return text + "the program that has to connect to this socket and write to it"
    case .unixClient: return text + "the program behind this socket"
    case .can: return text + "the bus's bit rate (`ip -details link`), its wires and terminators"
    case .sound: return text + "whether another program has the card, and its switch for recording"
    case .iio: return text + "the device's trigger, and at what it waits for"
    case .standardInput, .file: return text + "what writes it"
    }
  }

  static func unexplained(_ finding: SniffFinding, isBaudGiven: Bool) -> String {
    let bytes = Decimal.count(finding.byteCount, "byte")
    let text =
      "\(bytes) came at \(TerminalText.printable(PortText.text(finding.port))), and nothing "
    let share = percent(WireFinder.textShare(finding.capture.bytes))
    guard case .serial(_, let line) = finding.port else {
      return text + "explains half of them (\(share) are text): compare them with the data sheet"
    }
    if isBaudGiven {
      return text + "explains half of them at \(line.text) (\(share) are text): leave out --baud"
    }
    return text + "explains half of them at any rate that was tried: the most text is at "
      + "\(line.baud) baud (\(share)); if the device's manual names a rate, give it with --baud"
  }

  static func notOpened(_ error: PortError) -> String {
    if case .busy = error {
      return error.message + "; where the agent has it, `edgeagent watch SENSOR` shows it"
    }
    return error.message
  }
}
