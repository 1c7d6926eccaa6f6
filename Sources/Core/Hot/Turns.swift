import Config
import SensorIO
import System

/// How the hot thread divides its time among the wires, each of which has one sensor or several.
/// All of this is hot.
///
/// Each round reads what has arrived, one buffer a connection. Then every wire with new bytes has
/// a turn, and after these one of those whose bytes of earlier rounds still wait. A turn is a few
/// frames, and it ends with the first frame that makes a pipeline score. So a sample waits for one
/// turn of each other sensor at most, whatever they send.
extension HotThread {
  /// The poller says that there is something to read.
  func listen(_ wire: Wire, _ connection: Connection, at stamp: ArrivalStamp) {
    guard wire.mayRead(at: stamp.time) else { return pause(wire, connection, at: stamp) }
    endPause(wire, connection, at: stamp.time)
    switch connection.receive(at: stamp) {
    case .bytes(let count):
      wire.isFresh = true
      wire.read(count, at: stamp.time)
    case .nothing: return
    case .end:
      // A datagram without a byte ends nothing.
      if case .unixDatagram = wire.port { return }
      disconnect(wire, connection)
    }
  }

  /// A sensor that sends more bytes than its rate can need is not read for a while, so that it
  /// takes no time. What it sends waits in the Linux kernel, or is lost there.
  private func pause(
    _ wire: Wire, _ connection: Connection, at stamp: ArrivalStamp
  ) {
    guard let descriptor = connection.pause(at: stamp) else { return }
    poller.remove(descriptor.raw)
    hasPaused = true
    housekeeping.paused(wire)
  }

  /// Reads again from those that have waited long enough.
  func resumeSensors(at now: Int64) {
    guard hasPaused else { return }
    hasPaused = false
    for wire in wires {
      for index in wire.connections.indices where wire.connections[index].isPaused {
        guard wire.mayRead(at: now), let raw = wire.connections[index].resume() else {
          hasPaused = true
          continue
        }
        let token = Token.connection(wire: wire.index, connection: index)
        if (try? poller.add(raw, token: token.raw, interest: .readable)) == nil {
          disconnect(wire, wire.connections[index])
        }
      }
    }
  }

  /// After a signal: what has been read is still looked at, as far as there is time.
  func takeLastTurns() {
    let end = Clock.boot() + PipelineLimits.lastTurnsNanoseconds
    while Clock.boot() < end {
      guard wires.contains(where: { $0.hasWaiting }) else { return }
      takeTurns()
    }
  }

  /// Whether the next round has something to do without the poller's news.
  var hasWork: Bool {
    if hasMoreAdmissions { return true }
    for wire in wires where wire.hasWaiting || wire.isOpenFile { return true }
    return false
  }

  func takeTurns() {
    for wire in wires where wire.isFresh { takeTurn(of: wire) }
    if let wire = nextWaiting() { takeTurn(of: wire) }
    for wire in wires { wire.isFresh = false }
  }

  /// The next of the wires that had no turn in this round and have bytes of before, or a file.
  /// The poller does not take files: each is read when its turn comes.
  private func nextWaiting() -> Wire? {
    for step in wires.indices {
      let index = (nextWire + step) % wires.count
      let wire = wires[index]
      guard !wire.isFresh else { continue }
      if wire.isOpenFile && !wire.hasWaiting && !isStopping { readFile(of: wire) }
      guard wire.hasWaiting else { continue }
      nextWire = index + 1
      return wire
    }
    return nil
  }

  private func readFile(of wire: Wire) {
    let now = ArrivalStamp(time: Clock.boot(), candidateNanoseconds: candidateNanoseconds)
    for connection in wire.connections where connection.isAlwaysReady {
      listen(wire, connection, at: now)
    }
  }

  private func takeTurn(of wire: Wire) {
    if let master = wire.master { return listen(wire, master) }
    let count = wire.connections.count
    var (framesLeft, hasScored, next) = (PipelineLimits.framesPerTurn, false, 0)
    for step in 0..<count where framesLeft > 0 && !hasScored {
      let index = (wire.nextConnection + step) % count
      let connection = wire.connections[index]
      guard connection.hasWaiting else { continue }
      connection.take { frame, framing, bytesLeft in
        framesLeft -= 1
        for channel in wire.takers[framing] {
          let scores = take(frame, channel, wire, connection, bytesLeft: bytesLeft)
          hasScored = hasScored || scores
        }
        return framesLeft > 0 && !hasScored
      }
      countFaults(of: wire, connection)
      next = index + 1
    }
    wire.nextConnection = next
  }

  private func countFaults(of wire: Wire, _ connection: Connection) {
    wire.countFaults(connection)
    forEachSensor(of: wire) { housekeeping.checkFaults(of: $0, connection) }
  }

  /// A few times a second: half frames of devices that fell silent are dropped, so that what comes
  /// after the pause is not glued to them, and so that a false length keeps nothing back. Silent
  /// devices whose end nobody tells are asked whether they are there.
  func endPauses(at now: Int64) {
    for wire in wires where wire.isLive {
      for connection in wire.connections { endPause(wire, connection, at: now) }
      guard wire.endsInSilence else { continue }
      for connection in wire.connections where connection.isFoundGone(at: now) {
        disconnect(wire, connection)
      }
    }
  }

  private func endPause(_ wire: Wire, _ connection: Connection, at now: Int64) {
    guard connection.isBroken(at: now, after: wire.pauseNanoseconds) else { return }
    connection.endFrame { frame, framing, bytesLeft in
      for channel in wire.takers[framing] {
        _ = take(frame, channel, wire, connection, bytesLeft: bytesLeft)
      }
      return true
    }
    countFaults(of: wire, connection)
  }
}
