import CPlatform
import TestSupport
import Testing

@testable import Config
@testable import Core
@testable import System

/// Goal: a broker knows the newest state of every alert, whatever happens to the connection, and no
/// raise is lost; a broker that is away costs only itself. Method: a broker by hand at the other
/// end of a Unix socket.
@Suite struct MQTTOutputTests {
  let folder = TestFolder()
  private static let accepted: [UInt8] = [0x20, 2, 0, 0]

  init() { cp_ignore_signal(SIGPIPE) }

  private var path: String { "\(folder.path)/broker" }

  private func rig(
    discovery: String? = nil, _ change: (inout MQTTSettings) -> Void = { _ in }
  ) throws -> AlertOutputs {
    var settings = MQTTSettings(socket: path, topic: "e/ward-7")
    settings.discovery = discovery
    change(&settings)
    let outputs = try AlertOutputs(
      Make.outputs(
        folder,
        [
          Make.alert("low", severity: .info, outputs: [.mqtt(settings)]),
          Make.alert("high", severity: .critical, outputs: [.mqtt(settings)]),
          Make.alert("elsewhere", outputs: [.socket]),
        ]), hotWakeup: Wakeup())
    return outputs
  }

  /// The output alone: the test is its thread.
  private func bare() -> (output: MQTTOutput, health: OutputHealth) {
    let settings = MQTTSettings(socket: path, topic: "e/ward-7")
    let configuration = Make.outputs(folder, [Make.alert("low", outputs: [.mqtt(settings)])])
    let health = OutputHealth(count: configuration.outputs.count)
    let output = MQTTOutput(
      output: 0, settings, configuration, lines: EventLines(configuration), health: health)
    return (output, health)
  }

  @Test func `a broker that floods and does not read fills no memory, and is dropped`() throws {
    let broker = try FakeBroker(path)
    let (output, health) = bare()
    output.round(at: 1)
    _ = try broker.accept()
    try broker.send(Self.accepted)
    let asked = [UInt8](repeating: 0, count: 700).indices.map { index in
      [0x32, 5, 0, 1, 0x61, 0, 1][index % 7] as UInt8
    }
    var (sent, rest) = (0, 0)
    // Both directions of the socket hold far less.
    for _ in 0..<3000 where sent < 16 << 20 {
      while sent < 16 << 20, let count = try broker.push(asked[rest...]) {
        sent += count
        rest = (rest + count) % 7
      }
      output.round(at: 2)
    }
    #expect(sent < 16 << 20)
    #expect(health.state(of: 0) == .well)
    output.round(at: 2 + MQTTLimits.answerNanoseconds)
    #expect(health.isFailing(0))
  }

  @Test func `one round reads a part of a flood`() throws {
    let broker = try FakeBroker(path)
    let (output, health) = bare()
    output.round(at: 1)
    _ = try broker.accept()
    let round = MQTTLimits.readsPerRoundMax * MQTTLimits.incomingBytesMax
    // Answers to pings, and at last a byte that no packet begins with.
    let pongs = (0..<round).map { $0 % 2 == 0 ? 0xD0 : 0 as UInt8 }
    try broker.send(Self.accepted + pongs + [0x00])
    output.round(at: 2)
    #expect(health.state(of: 0) == .well, "the alerts' turn comes before the rest")
    output.round(at: 3)
    #expect(health.isFailing(0))
  }

  private func announce(_ outputs: AlertOutputs, _ transition: AlertTransition, alert: Int) {
    outputs.announce(Make.event(transition, alert: alert), at: Clock.boot())
  }

  @Test func `a new connection hears the state of every alert, the most urgent first`() throws {
    let broker = try FakeBroker(path)
    let outputs = try rig(discovery: "ha")
    announce(outputs, .raised, alert: 0)
    announce(outputs, .raised, alert: 2)
    #expect(outputs.start())
    let connect = try #require(try broker.accept())
    #expect(connect.first == 0x10)
    #expect(connect.body[7] == 0b0010_1100, "a retained will, no user")
    try broker.send(Self.accepted)
    let messages = try broker.published(5)
    #expect(
      messages.map { $0.topic } == [
        "e/ward-7/status", "e/ward-7/alert/high", "e/ward-7/alert/low", "e/ward-7/events",
        "ha/device/ward-7/config",
      ])
    #expect(messages.map { $0.isRetained } == [true, true, true, false, true])
    #expect(messages[0].payload == "online")
    #expect(messages[1].payload.contains("\"state\":\"OFF\""))
    #expect(messages[2].payload.contains("\"state\":\"ON\""))
    #expect(messages[3].payload.contains("\"alert\":\"low\""))
    #expect(outputs.health.state(of: 0) == .well)
    #expect(outputs.finish(withinMilliseconds: 3000).isEmpty)
    let last = try #require(try broker.next())
    #expect(last.topic == "e/ward-7/status" && last.payload == "offline" && last.isRetained)
    #expect(try broker.next()?.type == 14, "DISCONNECT, so that no last will is told")
  }

  @Test func `a lost connection loses nothing, and comes back with everything`() throws {
    let broker = try FakeBroker(path)
    let outputs = try rig()
    #expect(outputs.start())
    _ = try broker.accept()
    try broker.send(Self.accepted)
    _ = try broker.published(3)
    announce(outputs, .raised, alert: 1)
    // State and event arrive and are not acknowledged.
    let state = try #require(try broker.next())
    let event = try #require(try broker.next())
    #expect(state.first == 0x33 && event.first == 0x32)
    broker.close()
    announce(outputs, .cleared, alert: 1)
    _ = try broker.accept()
    try broker.send(Self.accepted)
    let messages = try broker.published(6)
    // First what was not acknowledged, marked; then the newest.
    #expect(messages.prefix(2).map { $0.first } == [0x3B, 0x3A])
    #expect(messages[0].payload == state.payload && messages[1].payload == event.payload)
    let states = messages.filter { $0.topic == "e/ward-7/alert/high" }
    #expect(states.last?.payload.contains("\"state\":\"OFF\"") == true)
    #expect(messages.last?.payload.contains("\"state\":\"cleared\"") == true)
    #expect(outputs.finish(withinMilliseconds: 3000).isEmpty)
  }

  @Test func `Home Assistant's start brings everything again`() throws {
    let broker = try FakeBroker(path)
    let outputs = try rig(discovery: "ha")
    #expect(outputs.start())
    _ = try broker.accept()
    try broker.send(Self.accepted)
    let subscribe = try #require(try broker.next())
    #expect(subscribe.first == 0x82)
    #expect(subscribe.body.suffix(1) == [0])
    _ = try broker.published(4)
    let birth = MQTTPacket.Publish(
      topic: Array("homeassistant/status".utf8), payload: Array("online".utf8),
      quality: .atMostOnce)
    try broker.send(MQTTPacket.publish(birth))
    let messages = try broker.published(3)
    #expect(messages.last?.topic == "ha/device/ward-7/config")
    _ = outputs.finish(withinMilliseconds: 1000)
  }

  @Test func `the user and the password of a file are shown to the broker`() throws {
    let broker = try FakeBroker(path)
    let file = try folder.file("password", "secret\n")
    let outputs = try rig {
      $0.user = "edge"
      $0.password = .path(file)
    }
    #expect(outputs.start())
    let connect = try #require(try broker.accept())
    #expect(connect.body[7] == 0b1110_1100)
    let expected: [UInt8] = [0, 4] + Array("edge".utf8) + [0, 6] + Array("secret".utf8)
    #expect(Array(connect.body.suffix(14)) == expected)
    _ = outputs.finish(withinMilliseconds: 0)
  }

  @Test func `without a broker the output is failing, and the end comes at once`() throws {
    let outputs = try rig()
    #expect(outputs.start())
    announce(outputs, .raised, alert: 1)
    #expect(eventually { outputs.health.isFailing(0) })
    let start = Clock.boot()
    let untold = outputs.finish(withinMilliseconds: 15_000)
    #expect(untold.count == 1)
    #expect(Clock.boot() - start < 5_000_000_000)
  }

  @Test func `a broker that refuses, or is none, is failing`() throws {
    for answer: [UInt8] in [[0x20, 2, 0, 5], Array("HTTP/1.1 400".utf8)] {
      Files.remove(path)
      let broker = try FakeBroker(path)
      let outputs = try rig()
      #expect(outputs.start())
      _ = try broker.accept()
      try broker.send(answer)
      #expect(eventually { outputs.health.isFailing(0) })
      _ = outputs.finish(withinMilliseconds: 0)
    }
  }
}
