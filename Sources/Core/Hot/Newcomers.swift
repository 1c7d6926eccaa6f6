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
      case .connection(let sensor, let isAlwaysReady):
        connect(channels[sensor], admission.descriptor, isAlwaysReady: isAlwaysReady)
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
    _ channel: SensorChannel, _ descriptor: Descriptor, isAlwaysReady: Bool
  ) {
    guard let slot = place(in: channel) else {
      return reporter.report(.producerRefused(sensor: channel.index, descriptor))
    }
    if !isAlwaysReady {
      let token = Token.connection(sensor: channel.index, connection: slot)
      do throws(SystemError) {
        try poller.add(descriptor.raw, token: token.raw, interest: .readable)
      } catch {
        return reporter.report(.lost(sensor: channel.index, descriptor))
      }
    }
    // Only a serial line may have sent before the agent opened it.
    let joinsMidStream = if case .serial = channel.settings.port { true } else { false }
    channel.connections[slot].open(
      descriptor, isAlwaysReady: isAlwaysReady, joinsMidStream: joinsMidStream)
  }

  /// A free place for a producer. Where all are taken, the producer that has been silent for
  /// longest gives way, so that no idle program keeps the real sensor out.
  private func place(in channel: SensorChannel) -> Int? {
    if let free = channel.connections.firstIndex(where: { $0.descriptor == nil }) { return free }
    guard case .unix = channel.settings.port, reporter.hasRoom else { return nil }
    let now = Clock.boot()
    var (place, longest): (Int?, Int64) = (nil, .min)
    for index in channel.connections.indices {
      guard let silence = channel.connections[index].silence(at: now), silence > longest else {
        continue
      }
      (place, longest) = (index, silence)
    }
    guard let place, let descriptor = channel.connections[place].close() else { return nil }
    poller.remove(descriptor.raw)
    reporter.report(.producerEvicted(sensor: channel.index, descriptor))
    return place
  }

  func disconnect(_ channel: SensorChannel, _ connection: Connection) {
    // A loss that the doorkeeper does not hear of would leave the sensor closed for good: the next
    // round tries again.
    guard reporter.hasRoom, let descriptor = connection.close() else { return }
    poller.remove(descriptor.raw)
    switch channel.settings.port {
    case .standardInput, .file:
      housekeeping.inputEnded(channel)
      housekeeping.change(channel, to: .ended)
      reporter.report(.ended(sensor: channel.index, descriptor))
    case .serial, .unix:
      if !channel.isConnected {
        channel.wasLost()
        housekeeping.lost(channel)
      }
      reporter.report(.lost(sensor: channel.index, descriptor))
    }
  }
}
