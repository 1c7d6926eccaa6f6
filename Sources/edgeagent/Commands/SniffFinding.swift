import Config
import SensorIO
import Text

/// What `sniff` found, for people and for programs.
struct SniffFinding {
  let port: PortAddress
  let nanoseconds: Int64
  let capture: WireCapture
  let byteCount: Int
  let best: WireHypothesis?
  private let isBaudGiven: Bool
  private let prompt: BytesText?
  /// The sensors' names in the table.
  let names: [String]

  init(
    _ options: SniffOptions, port: PortAddress, capture: WireCapture = WireCapture(),
    byteCount: Int = 0, best: WireHypothesis? = nil
  ) {
    (nanoseconds, isBaudGiven) = (options.nanoseconds, options.hasBaud)
    prompt = options.prompt
    (self.capture, self.byteCount, self.best) = (capture, byteCount, best)
    self.port = best.map { Self.port(port, $0.sevenBits) } ?? port
    var names: [String] = []
    for sensor in best?.sensors ?? [] {
      let own = sensor.suggestedName
      let base =
        options.name.map { best!.sensors.count == 1 ? $0 : "\($0)-\(own)" } ?? own
      names.append(Self.unique(base, among: names))
    }
    self.names = names
  }

  private static func unique(_ base: String, among names: [String]) -> String {
    func isTaken(_ name: String) -> Bool {
      names.contains { $0.utf8.elementsEqual(name.utf8) }
    }
    var (name, number) = (base, 2)
    while isTaken(name) {
      name = "\(base)-\(number)"
      number += 1
    }
    return name
  }

  private static func port(_ port: PortAddress, _ sevenBits: SevenBits?) -> PortAddress {
    guard case .serial(let path, var line) = port, let sevenBits else { return port }
    line.dataBits = 7
    switch sevenBits {
    case .even: line.parity = .even
    case .odd: line.parity = .odd
    case .mark: line.stopBits = 2
    }
    return .serial(path: path, line)
  }

  /// The tables to paste, or nothing.
  var toml: String {
    zip(best?.sensors ?? [], names)
      .map { SensorTable($0, name: $1, port: port, prompt: prompt).text }.joined(separator: "\n")
  }

  /// What is wrong where nothing was found.
  var trouble: String? {
    if byteCount == 0 {
      return SniffMessages.silent(port, nanoseconds: nanoseconds, isBaudGiven: isBaudGiven)
    }
    return best == nil ? SniffMessages.unexplained(self, isBaudGiven: isBaudGiven) : nil
  }

  var text: String {
    guard let best else { return "" }
    return SniffMessages.found(best, names, port) + "\n" + toml
  }

  var json: String {
    JSONWriter.text { writer in
      writer.member("port", PortText.text(port))
      if case .serial(_, let line) = port {
        writer.member("baud", line.baud)
        writer.member("data_bits", line.dataBits)
        writer.member("parity", line.parity.rawValue)
        writer.member("stop_bits", line.stopBits)
      }
      writer.member("bytes", byteCount)
      writer.member("text_share", WireFinder.textShare(capture.bytes), decimals: 3)
      writer.member("begin", Hexadecimal.text(capture.bytes.prefix(64)))
      writer.member("found", best != nil)
      writer.array("sensors") { writer in
        for (sensor, name) in zip(best?.sensors ?? [], names) {
          writer.object { Self.put(sensor, name, into: &$0) }
        }
      }
      if let best { writer.member("explained", best.explained, decimals: 3) }
      if best != nil { writer.member("toml", toml) }
      if let trouble { writer.member("trouble", trouble) }
    } + "\n"
  }

  private static func put(_ sensor: FoundSensor, _ name: String, into writer: inout JSONWriter) {
    writer.member("sensor", name)
    if let preset = sensor.preset { writer.member("preset", preset) }
    writer.member("samples", sensor.samples)
    writer.member("bad_frames", sensor.badFrames)
    if let hertz = sensor.rateHertz { writer.member("rate", hertz, decimals: 3) }
    writer.object("values") { writer in
      for (field, value) in zip(sensor.fields, sensor.values) { writer.member(field.name, value) }
    }
  }
}
