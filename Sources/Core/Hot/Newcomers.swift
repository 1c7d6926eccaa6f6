import Config
import SensorIO
import System

/// Connections that come and go. All of this is hot.
extension HotThread {
  /// Takes over what the doorkeeper opened; what is left over comes in the next round.
  func adoptAdmissions(atMost limit: Int = PipelineLimits.admissionsMax) {
    for _ in 0..<limit {
      guard let admission = admissions.take() else {
        hasMoreAdmissions = false
        return
      }
      switch admission.role {
      case .connection(let wire, let isAlwaysReady):
        connect(wires[wire], admission.descriptor, isAlwaysReady: isAlwaysReady)
      case .subscriber(let process):
        seat(admission.descriptor, process)
      }
    }
    hasMoreAdmissions = true
  }

  private func seat(_ descriptor: Descriptor, _ process: Int32) {
    switch subscribers.add(descriptor, process: process, at: Clock.boot()) {
    case .seated: break
    case .seatedInPlace(let evicted): reporter.report(.subscriberEvicted(evicted))
    case .refused: reporter.report(.subscriberRefused(descriptor))
    }
    tellUntold()
  }

  private func connect(
    _ wire: Wire, _ descriptor: Descriptor, isAlwaysReady: Bool
  ) {
    guard let slot = place(in: wire) else {
      return reporter.report(.producerRefused(wire: wire.index, descriptor))
    }
    if !isAlwaysReady {
      let token = Token.connection(wire: wire.index, connection: slot)
      do throws(SystemError) {
        try poller.add(descriptor.raw, token: token.raw, interest: .readable)
      } catch {
        return reporter.report(.lost(wire: wire.index, descriptor))
      }
    }
    // A second producer is no restart of the sensor.
    if !wire.isConnected {
      for channel in wire.channels { channel.decoder?.connected(at: Clock.boot()) }
    }
    wire.connections[slot].open(
      descriptor, isAlwaysReady: isAlwaysReady, joinsMidStream: wire.port.joinsMidStream)
    wire.master?.open(at: Clock.boot())
    wire.masterDue = 0
    // An answer within the time in which a line may be in the middle of a frame would be dropped.
    let quiet = wire.port.joinsMidStream ? PipelineLimits.quietNanoseconds : 0
    for prompt in wire.prompts { prompt.begin(at: Clock.boot() + quiet) }
  }

  /// A free place for a producer. Where all are taken, the producer that has been silent for
  /// longest gives way, so that no idle program keeps the real sensor out.
  private func place(in wire: Wire) -> Int? {
    if let free = wire.connections.firstIndex(where: { $0.descriptor == nil }) { return free }
    guard wire.port.takesManyProducers, wire.mayGiveWay, reporter.hasRoom else { return nil }
    let now = Clock.boot()
    var (place, longest): (Int?, Int64) = (nil, .min)
    for index in wire.connections.indices {
      guard let silence = wire.connections[index].silence(at: now), silence > longest else {
        continue
      }
      (place, longest) = (index, silence)
    }
    guard let place, let descriptor = wire.connections[place].close() else { return nil }
    poller.remove(descriptor.raw)
    reporter.report(.producerEvicted(wire: wire.index, descriptor))
    return place
  }

  func disconnect(_ wire: Wire, _ connection: Connection) {
    // A loss that the doorkeeper does not hear of would leave the wire closed for good: the next
    // round tries again.
    guard reporter.hasRoom, let descriptor = connection.close() else { return }
    wire.master?.close()
    poller.remove(descriptor.raw)
    guard wire.isLive else {
      forEachSensor(of: wire) { channel in
        housekeeping.inputEnded(channel)
        housekeeping.change(channel, to: .ended)
      }
      return reporter.report(.ended(wire: wire.index, descriptor))
    }
    if !wire.isConnected {
      forEachSensor(of: wire) { channel in
        // A producer may connect anew for each sample.
        if !wire.port.takesManyProducers { channel.gaps.interrupt() }
        housekeeping.lost(channel)
      }
    }
    reporter.report(.lost(wire: wire.index, descriptor))
  }

  /// The sensors whose samples come through a wire: its own, and those that are joined at theirs.
  func forEachSensor(of wire: Wire, _ body: (SensorChannel) -> Void) {
    for channel in wire.channels {
      body(channel)
      for join in joins[channel.index] { body(join.channel) }
    }
  }
}
