import Config
import SensorIO
import System

/// One port as the hot thread sees it: its connections, and the sensors whose frames come through.
final class Wire {
  let index: Int
  let port: PortAddress
  let channels: [SensorChannel]
  let connections: [Connection]
  /// For each framing the sensors that take its frames.
  let takers: [[SensorChannel]]
  /// A device is never silent for so long in the middle of a frame.
  let pauseNanoseconds: Int64
  /// False for files and standard input: they wait until they are read, so they can neither send
  /// too much nor become old.
  let isLive: Bool
  /// The poller does not tell of its device's end.
  let endsInSilence: Bool

  /// Asks the sensors' devices; nil where they send by themselves.
  let master: ModbusMaster?
  /// When the master has something to do next.
  var masterDue: Int64 = 0

  /// What its devices are told, of sensors that do not send by themselves.
  let prompts: [Prompt]
  /// When the next of them may be written, CLOCK_BOOTTIME.
  var promptFree: Int64 = 0
  /// Between two of them.
  let promptPause: Int64

  private let isRateLimited: Bool
  private var bytes: TokenBucket
  /// How often it was not read for a while, because it sent too many bytes.
  private(set) var pauseCount: Int64 = 0

  /// The connection whose turn is next, so that producers of one wire take turns too.
  var nextConnection = 0
  /// It got bytes in this round.
  var isFresh = false

  /// - Parameters:
  ///   - index: among the configuration's wires.
  ///   - channels: of the wire's sensors, in their order.
  init(index: Int, _ settings: WireSettings, channels: [SensorChannel]) {
    (self.index, port, self.channels) = (index, settings.port, channels)
    isLive = settings.port.isLive
    endsInSilence = settings.port.endsInSilence
    isRateLimited = channels.allSatisfy { $0.settings.isRateLimited }
    bytes = PipelineLimits.bytes(of: channels.map { $0.settings }, at: Clock.boot())
    let framings = Self.framings(of: channels.map { $0.settings })
    takers = framings.map { framing in channels.filter { $0.settings.framing == framing } }
    pauseNanoseconds = PipelineLimits.pause(of: channels.map { $0.settings })
    let asked = channels.compactMap { $0.settings.modbus }
    master = asked.isEmpty ? nil : ModbusMaster(asked, on: ModbusLine(settings.port))
    prompts = channels.compactMap { Prompt($0.settings) }
    promptPause = PipelineLimits.promptPause(of: prompts.map { $0.periodNanoseconds })
    let isAsked = channels.contains { $0.settings.isAsked }
    connections = (0..<Self.connectionCount(of: settings.port, isAsked: isAsked)).map { _ in
      Connection(framings, keepsMessages: settings.port.keepsMessages)
    }
  }

  /// Of the sensors of a wire, each once. What a master makes of answers is framed already.
  static func framings(of sensors: [SensorSettings]) -> [FramingSettings] {
    if sensors[0].modbus != nil { return [sensors[0].framing] }
    var framings: [FramingSettings] = []
    for sensor in sensors where !framings.contains(sensor.framing) {
      framings.append(sensor.framing)
    }
    return framings
  }

  /// Whoever asks has one line.
  static func connectionCount(of port: PortAddress, isAsked: Bool) -> Int {
    port.takesManyProducers && !isAsked ? PipelineLimits.producersMax : 1
  }

  /// Hot: whether it may be read now. Even a sensor that sends no frame at all, or frames beyond
  /// its rate, takes the hot thread only so many bytes.
  func mayRead(at now: Int64) -> Bool { !isLive || !isRateLimited || bytes.has(1, at: now) }

  /// Hot: so many bytes were read.
  func read(_ count: Int, at now: Int64) { bytes.charge(Double(count), at: now) }

  /// Hot.
  func paused() { pauseCount += 1 }

  /// Hot: what its connections could not cut into frames counts as the first sensor's.
  ///
  /// - Parameter latest: the connection that had its turn.
  func countFaults(_ latest: Connection) {
    var count: Int64 = 0
    for connection in connections {
      let counters = connection.reader.counters
      count += Int64(clamping: counters.faults + counters.brokenByPause)
    }
    guard count != channels[0].framingFaultCount else { return }
    channels[0].framingFaultCount = count
    channels[0].noteFault(latest.reader.faultBytes, framing: latest.reader.faultLatest)
  }

  var isConnected: Bool { connections.contains { $0.descriptor != nil } }

  /// Whether a silent connection may lose its place. Devices that are asked are silent between two
  /// cycles: theirs may when none of them has answered for too long.
  var mayGiveWay: Bool {
    (master == nil && prompts.isEmpty) || channels.allSatisfy { $0.isStale || $0.state == nil }
  }

  /// Hot: whether bytes wait that nobody has looked at.
  var hasWaiting: Bool { connections.contains { $0.hasWaiting } }

  /// Hot: it is a file that has not been read to its end.
  var isOpenFile: Bool {
    connections.contains { $0.isAlwaysReady && $0.descriptor != nil }
  }

  /// Hot: whether something newer waits behind a frame of this length, of which so many bytes are
  /// left behind in the same buffer.
  func hasNewer(than frameBytes: Int, bytesLeft: Int, _ connection: Connection) -> Bool {
    if bytesLeft > frameBytes || connection.hasMoreInKernel { return true }
    for other in connections where other !== connection && other.hasWaiting { return true }
    return false
  }
}
