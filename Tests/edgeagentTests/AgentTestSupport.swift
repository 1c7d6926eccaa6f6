import CPlatform
import Testing

@testable import SensorIO
@testable import System
@testable import Text
@testable import edgeagent

/// A folder of its own for one test, with folders in it; removed at the end.
final class TestFolder {
  let path: String

  init() {
    var template = Array("/tmp/edgeagent-XXXXXX".utf8CString)
    path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
  }

  deinit { ConfigurationTestFolder.removeFolder(path) }

  /// Writes a file, and the folders that lead to it.
  @discardableResult
  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    var folder = path
    for part in name.split(separator: "/").dropLast() {
      folder += "/\(part)"
      _ = mkdir(folder, 0o700)
    }
    try Files.write(bytes, to: "\(path)/\(name)")
    return "\(path)/\(name)"
  }

  func remove(_ name: String) { unlink("\(path)/\(name)") }

  /// An executable for /bin/sh.
  func script(_ name: String, _ lines: String) throws -> String {
    let script = try file(name, Array("#!/bin/sh\n\(lines)\n".utf8))
    #expect(chmod(script, 0o700) == 0)
    return script
  }

  func text(_ name: String) -> String {
    let bytes = try? Files.read("\(path)/\(name)", bytesMax: 1 << 20)
    return String(decoding: bytes ?? [], as: UTF8.self)
  }
}

/// Settings as a configuration would hold them, all written in the same place.
enum Make {
  static let place = SourcePlace(file: "test.toml", line: 1, column: 1)

  static func sensor(
    _ port: PortAddress, name: String = "wrist", fields: [String] = ["level"],
    staleAfter: Int64 = 0
  ) -> SensorSettings {
    SensorSettings(
      name: name, port: port, fields: fields.map { FieldSettings(name: $0) }, rateHertz: 50,
      staleAfterNanoseconds: staleAfter, place: place, portPlace: place, fieldsPlace: place,
      fieldPlaces: fields.map { _ in place }, ratePlace: place)
  }

  /// A sensor without pipelines.
  static func channel(_ settings: SensorSettings) throws(DecodingSetupError) -> SensorChannel {
    SensorChannel(
      index: 0, settings: settings,
      decoder: try SampleDecoder(settings.decoding, fields: settings.fields), pipelines: [])
  }

  static func pipeline(
    _ name: String = "echo", sensor: String = "wrist", model: String = "echo",
    deadline: Int64 = 3_600_000_000_000, trial: TrialSettings = TrialSettings()
  ) -> PipelineSettings {
    PipelineSettings(
      name: name, sensor: sensor, model: ModelReference(name: model),
      deadlineNanoseconds: deadline, trial: trial, place: place, sensorPlace: place,
      modelPlace: place,
      deadlinePlace: place, stridePlace: place)
  }

  static func alert(
    _ name: String = "high", source: (String, String) = ("echo", "newer"), above: Double = 0.9,
    latch: Bool = false, severity: AlertSeverity = .critical, outputs: [OutputSettings] = [.socket]
  ) -> AlertSettings {
    AlertSettings(
      name: name, source: AlertSource(pipeline: source.0, label: source.1), above: above,
      clearBelow: above / 2, severity: severity, latch: latch, outputs: outputs, place: place,
      sourcePlace: place, outputsPlace: place)
  }

  static func configuration(
    _ folder: TestFolder, sensors: [SensorSettings], pipelines: [PipelineSettings] = [],
    alerts: [AlertSettings] = [], publish: EventKinds = .alerts, id: String = "ward-7"
  ) -> Configuration {
    Configuration(
      agent: AgentSettings(
        id: id, models: "\(folder.path)/models", place: place, modelsPlace: place,
        memoryPlace: place),
      events: EventSettings(
        socket: "\(folder.path)/events.sock", publish: publish, place: place, socketPlace: place),
      sensors: sensors, pipelines: pipelines, alerts: alerts)
  }
}

/// Two connected stream sockets, both non-blocking.
func socketPair() throws -> (Descriptor, Descriptor) {
  var ends: [Int32] = [-1, -1]
  try #require(socketpair(AF_UNIX, CP_STREAM, 0, &ends) == 0)
  return (Descriptor(owning: ends[0]), Descriptor(owning: ends[1]))
}

extension Descriptor {
  /// Writes all of it; the test keeps it small enough to fit.
  func send(_ text: String) throws {
    var text = text
    let count = try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
    #expect(count == text.utf8.count)
  }

  /// Everything that is there, after waiting for the first of it.
  func receive(waitMilliseconds: Int32 = 2000) throws -> [UInt8] {
    var received: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    _ = waitsForInput(raw, milliseconds: waitMilliseconds)
    while case .bytes(let count) = try chunk.withUnsafeMutableBytes({ try read(into: $0) }) {
      received += chunk[..<count]
    }
    return received
  }

  /// The next lines, waited for one by one; fewer when no more come.
  func events(_ count: Int) throws -> [JSONValue] {
    var text: [UInt8] = []
    while text.count(where: { $0 == UInt8(ascii: "\n") }) < count {
      let more = try receive()
      if more.isEmpty { break }
      text += more
    }
    return try parseLines(text)
  }
}

/// True when something can be read within that time.
func waitsForInput(_ raw: Int32, milliseconds: Int32) -> Bool {
  var waiting = pollfd(fd: raw, events: Int16(POLLIN), revents: 0)
  return poll(&waiting, 1, milliseconds) > 0
}

/// One datagram, "" when none comes within two seconds.
func receiveDatagram(_ raw: Int32, waitMilliseconds: Int32 = 2000) -> String {
  var bytes = [UInt8](repeating: 0, count: 65_536)
  guard waitsForInput(raw, milliseconds: waitMilliseconds) else { return "" }
  let count = recv(raw, &bytes, bytes.count, CP_MSG_QUIET)
  return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
}

/// Each must end with LF and be JSON.
func parseLines(_ bytes: [UInt8]) throws -> [JSONValue] {
  if let last = bytes.last { #expect(last == UInt8(ascii: "\n")) }
  return try bytes.split(separator: UInt8(ascii: "\n")).map { line in
    try line.withUnsafeBytes { try JSONValue.parse($0) }
  }
}

/// Polls until it holds; false after two seconds.
func eventually(_ condition: () -> Bool) -> Bool {
  let limit = Clock.boot() + 2_000_000_000
  while !condition() {
    guard Clock.boot() < limit else { return false }
    usleep(1000)
  }
  return true
}

/// A seed of this run, printed; EDGEAGENT_SEED repeats one.
func seededRandom(_ purpose: String) -> SplitMix {
  let given = getenv("EDGEAGENT_SEED").flatMap { UInt64(String(cString: $0)) }
  let seed = given ?? UInt64.random(in: 0 ... .max)
  print("seed: EDGEAGENT_SEED=\(seed) for \(purpose)")
  return SplitMix(state: seed)
}

/// The repository's own model.
let fallBundle: String = {
  let checkout = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
  return "/\(checkout)/models/fall/1"
}()
