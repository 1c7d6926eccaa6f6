import Config
import SensorIO
import System

/// Devices that are asked: the hot thread moves the bytes and the time of each bus, and its master
/// says what they mean. All of this is hot.
///
/// A request has eight bytes and is written without waiting. In a round a bus gets one request, one
/// failure and the samples of the cycles that have ended; it stops at the first that makes a
/// pipeline score, and goes on in the next round.
extension HotThread {
  /// The bytes that a bus has brought.
  func listen(_ wire: Wire, _ master: ModbusMaster) {
    let connection = wire.connections[0]
    guard connection.hasWaiting else { return }
    let arrival = connection.arrival.time
    connection.takeAll { master.receive($0, at: arrival) }
    wire.masterDue = 0
  }

  /// When the first of the masters has something to do; `.max`: when bytes come.
  var nextQuestion: Int64 {
    var next = Int64.max
    for wire in wires where wire.master != nil { next = min(next, wire.masterDue) }
    return next
  }

  /// Asks what is due, and takes what has been answered.
  func askDevices() {
    for wire in wires {
      guard let master = wire.master, wire.masterDue <= Clock.boot() else { continue }
      wire.masterDue = drive(wire, master)
    }
  }

  /// - Returns: when it has something to do next.
  private func drive(_ wire: Wire, _ master: ModbusMaster) -> Int64 {
    let connection = wire.connections[0]
    while true {
      let now = Clock.boot()
      switch master.next(at: now) {
      case .rest(let until): return until
      case .ask:
        flush(connection, master)
        let asked = Clock.boot()
        guard connection.send(master.ask(at: asked)) != nil else {
          disconnect(wire, connection)
          return wire.isConnected ? asked : .max
        }
      case .failed(let failure): note(failure, of: wire.channels[failure.sensor], master)
      case .sample(let sensor):
        if take(sensor, of: wire, master, connection) { return now }
      }
    }
  }

  /// What has come meanwhile answers nothing that is asked from now on.
  private func flush(_ connection: Connection, _ master: ModbusMaster) {
    let stamp = ArrivalStamp(time: Clock.boot(), candidateNanoseconds: candidateNanoseconds)
    guard case .bytes = connection.receive(at: stamp) else { return }
    connection.takeAll { master.receive($0, at: stamp.time) }
  }

  private func note(
    _ failure: ModbusFailure, of channel: SensorChannel, _ master: ModbusMaster
  ) {
    channel.asked = master.counters(of: failure.sensor)
    channel.framingFaultCount = Int64(clamping: channel.asked.faults)
    guard let count = channel.takeFaultNews() else { return }
    reporter.report(.unanswered(sensor: channel.index, count: count, failure))
  }

  /// - Returns: whether a pipeline scored.
  private func take(
    _ sensor: Int, of wire: Wire, _ master: ModbusMaster, _ connection: Connection
  ) -> Bool {
    let channel = wire.channels[sensor]
    channel.asked = master.counters(of: sensor)
    let stamp = ArrivalStamp(
      time: master.arrival(of: sensor), candidateNanoseconds: candidateNanoseconds)
    let hasScored = take(
      master.image(of: sensor), channel, wire, connection, bytesLeft: 0,
      answered: (stamp, master.absentFields(of: sensor)))
    housekeeping.checkFaults(of: channel, connection)
    return hasScored
  }
}
