import Config
import SensorIO
import System

/// How the hot thread divides its time among the sensors. All of this is hot.
///
/// Each round reads what has arrived, one buffer a connection. Then every sensor with new bytes has
/// a turn, and after these one of those whose bytes of earlier rounds still wait. A turn is a few
/// frames, and it ends with the first frame that makes a pipeline score. So a sample waits for one
/// turn of each other sensor at most, whatever they send.
extension HotThread {
  /// The poller says that there is something to read.
  func listen(_ channel: SensorChannel, _ connection: Connection, at stamp: ArrivalStamp) {
    guard channel.mayRead(at: stamp.time) else { return pause(channel, connection, at: stamp) }
    switch connection.receive(at: stamp) {
    case .bytes(let count):
      channel.isFresh = true
      channel.read(count, at: stamp.time)
    case .nothing: return
    case .end: disconnect(channel, connection)
    }
  }

  /// A sensor that sends more bytes than its rate can need is not read for a while, so that it
  /// takes no time. What it sends waits in the Linux kernel, or is lost there.
  private func pause(
    _ channel: SensorChannel, _ connection: Connection, at stamp: ArrivalStamp
  ) {
    guard let descriptor = connection.pause(at: stamp) else { return }
    poller.remove(descriptor.raw)
    hasPaused = true
    housekeeping.paused(channel)
  }

  /// Reads again from those that have waited long enough.
  func resumeSensors(at now: Int64) {
    guard hasPaused else { return }
    hasPaused = false
    for channel in channels {
      for index in channel.connections.indices where channel.connections[index].isPaused {
        guard channel.mayRead(at: now), let raw = channel.connections[index].resume() else {
          hasPaused = true
          continue
        }
        let token = Token.connection(sensor: channel.index, connection: index)
        if (try? poller.add(raw, token: token.raw, interest: .readable)) == nil {
          disconnect(channel, channel.connections[index])
        }
      }
    }
  }

  /// After a signal: what has been read is still looked at, as far as there is time.
  func takeLastTurns() {
    let end = Clock.boot() + PipelineLimits.lastTurnsNanoseconds
    while Clock.boot() < end {
      guard channels.contains(where: { $0.hasWaiting }) else { return }
      takeTurns()
    }
  }

  /// Whether the next round has something to do without the poller's news.
  var hasWork: Bool {
    if hasMoreAdmissions { return true }
    for channel in channels where channel.hasWaiting || channel.isOpenFile { return true }
    return false
  }

  func takeTurns() {
    for channel in channels where channel.isFresh { takeTurn(of: channel) }
    if let channel = nextWaiting() { takeTurn(of: channel) }
    for channel in channels { channel.isFresh = false }
  }

  /// The next of the sensors that had no turn in this round and have bytes of before, or a file.
  /// The poller does not take files: each is read when its turn comes.
  private func nextWaiting() -> SensorChannel? {
    for step in channels.indices {
      let index = (nextChannel + step) % channels.count
      let channel = channels[index]
      guard !channel.isFresh else { continue }
      if channel.isOpenFile && !channel.hasWaiting && !isStopping { readFile(of: channel) }
      guard channel.hasWaiting else { continue }
      nextChannel = index + 1
      return channel
    }
    return nil
  }

  private func readFile(of channel: SensorChannel) {
    let now = ArrivalStamp(time: Clock.boot(), candidateNanoseconds: candidateNanoseconds)
    for connection in channel.connections where connection.isAlwaysReady {
      listen(channel, connection, at: now)
    }
  }

  private func takeTurn(of channel: SensorChannel) {
    let count = channel.connections.count
    var (framesLeft, hasScored, next) = (PipelineLimits.framesPerTurn, false, 0)
    for step in 0..<count where framesLeft > 0 && !hasScored {
      let index = (channel.nextConnection + step) % count
      let connection = channel.connections[index]
      guard connection.hasWaiting else { continue }
      connection.take { frame, bytesLeft in
        framesLeft -= 1
        hasScored = take(frame, channel, connection, bytesLeft: bytesLeft)
        return framesLeft > 0 && !hasScored
      }
      housekeeping.checkFaults(of: channel, connection)
      next = index + 1
    }
    channel.nextConnection = next
  }
}
