import CPlatform
import Config
import SensorIO
import System
import Text

/// Messages on a serial line, written by the hot thread without waiting: a pager, a display, a
/// siren with a serial port.
///
/// The line takes one message at a time. What comes meanwhile waits in a place of fixed size for
/// each alert, the first untold raise and the newest event. A message that was cut by a lost line
/// goes out again as a whole when the line is back.
final class SerialOutput {
  let output: Int
  private let name: String
  private let handover: Handover<Descriptor>
  private let keeperWakeup: Wakeup
  private let health: OutputHealth
  private let raise: SerialTemplate
  private let clear: SerialTemplate
  /// For each way from an alert to this line: the alert, and what it has still to say.
  private var links: [OutputLink]
  private var pending: [PendingAlert]
  /// For each of these ways: the line was told to call, and not yet that it is over.
  private var calling: [Bool]
  private let names: [[UInt8]]
  private let severities: [[UInt8]]
  private var port: Descriptor?
  private let buffer: UnsafeMutableRawBufferPointer
  /// The message in hand is in `first..<end` of the buffer.
  private var (first, end) = (0, 0)
  /// When a byte of it went out last.
  private var movedAt: Int64 = 0
  private var isStalled = false
  /// When `tick` has something to do; `.max`: when there is news.
  private(set) var nextChange: Int64 = .max

  init(
    output: Int, _ settings: SerialOutputSettings, _ configuration: Configuration,
    handover: Handover<Descriptor>, keeperWakeup: Wakeup, health: OutputHealth
  ) {
    (self.output, self.handover) = (output, handover)
    name = configuration.outputs[output].name
    (self.keeperWakeup, self.health) = (keeperWakeup, health)
    raise = SerialTemplate(settings.raise, isTemplate: settings.isTemplate)
    clear = SerialTemplate(settings.clear, isTemplate: settings.isTemplate)
    links = OutputLink.all(configuration) { index, _ in index == output }
    pending = Array(repeating: PendingAlert(), count: links.count)
    calling = Array(repeating: false, count: links.count)
    names = configuration.alerts.map { Array($0.name.utf8) }
    severities = configuration.alerts.map { Array($0.severity.rawValue.utf8) }
    buffer = .allocate(byteCount: OutputLimits.serialBytesMax, alignment: 16)
  }

  deinit { buffer.deallocate() }

  static func byteCount(_ configuration: Configuration) -> Int {
    OutputLimits.serialBytesMax
      + configuration.alerts.count
      * (MemoryLayout<PendingAlert>.stride + MemoryLayout<OutputLink>.stride)
  }

  /// Hot.
  func announce(_ event: AlertEvent, at now: Int64) {
    for index in links.indices
    where links[index].alert == event.alert && links[index].takes(event) {
      guard let direction = direction(of: event) else { continue }
      calling[index] = direction == .raise
      // `clear` would silence the others that call on this line: the last of them writes it.
      if direction == .clear && calling.contains(true) { continue }
      guard template(for: event) != nil else { continue }
      pending[index].put(QueuedEvent(event: event))
    }
    adopt(at: now)
    drive(at: now)
  }

  /// Hot: adopts a line that was opened, and tries a message again that did not go out whole. Where
  /// neither is due it costs two looks.
  func tick(at now: Int64) {
    if adopt(at: now) || now >= nextChange { drive(at: now) }
  }

  /// - Returns: true when a line came.
  @discardableResult
  private func adopt(at now: Int64) -> Bool {
    guard let opened = handover.adopt() else { return false }
    (port, movedAt, isStalled) = (opened, now, false)
    health.well(output)
    return true
  }

  /// Writes what the line takes now.
  private func drive(at now: Int64) {
    while let port, end > 0 || next(at: now) {
      guard write(to: port, at: now) else { break }
    }
    nextChange = port != nil && end > 0 ? now + OutputLimits.serialRetryNanoseconds : .max
  }

  /// The line is taking a message.
  var isWriting: Bool { port != nil && end > 0 && !isStalled }

  /// At the end of the process, after the last `tick`.
  ///
  /// - Returns: what the line was not told, in words; nil: nothing.
  func end(at now: Int64) -> String? {
    var count = 0
    while end > 0 || next(at: now) {
      count += 1
      (first, end) = (0, 0)
    }
    nextChange = .max
    return count > 0 ? "output \(name): \(Decimal.count(count, "message"))" : nil
  }

  /// Puts the next message into the buffer: calls before others, urgent alerts before others.
  private func next(at now: Int64) -> Bool {
    while let index = pending.firstIndex(where: { $0.calls })
      ?? pending.firstIndex(where: { !$0.isEmpty })
    {
      guard let event = pending[index].take()?.event, let template = template(for: event),
        direction(of: event) == .raise || !calling.contains(true)
      else { continue }
      var text = FixedOutput(buffer)
      template.write(
        event, name: names[event.alert], severity: severities[event.alert], to: &text)
      guard let written = text.written else {
        // Longer than the buffer: no part of it would be right.
        health.failed(output)
        continue
      }
      (first, end, movedAt) = (0, written.count, now)
      if end > 0 { return true }
    }
    return false
  }

  /// - Returns: true when the whole message went out.
  private func write(to port: Descriptor, at now: Int64) -> Bool {
    do throws(SystemError) {
      let rest = UnsafeRawBufferPointer(rebasing: buffer[first..<end])
      if let count = try port.write(rest), count > 0 {
        first += count
        movedAt = now
        if isStalled { health.well(output) }
        isStalled = false
      }
    } catch {
      lose(port)
      return false
    }
    if first == end {
      (first, end) = (0, 0)
      return true
    }
    if !isStalled, now - movedAt >= OutputLimits.serialStallNanoseconds {
      isStalled = true
      health.failed(output)
    }
    return false
  }

  /// The message in hand begins anew on the next line.
  private func lose(_ port: Descriptor) {
    health.failed(output)
    self.port = nil
    first = 0
    handover.giveBack(port)
    keeperWakeup.wake()
  }

  private enum Direction { case raise, clear }

  /// What an event asks of this line; nil: nothing.
  private func direction(of event: AlertEvent) -> Direction? {
    switch event.transition {
    case .raised, .repeated, .restored, .escalated, .drillBegan: return .raise
    case .unshelved, .unsuppressed, .inService, .unsilenced: return event.calls ? .raise : nil
    case .cleared, .acknowledged, .silenced, .shelved, .suppressed, .outOfService, .drillEnded:
      return .clear
    // They follow `acknowledged` or `cleared`, and the line has been told.
    case .confirmed, .reset: return nil
    }
  }

  private func template(for event: AlertEvent) -> SerialTemplate? {
    guard let direction = direction(of: event) else { return nil }
    let template = direction == .raise ? raise : clear
    return template.isEmpty ? nil : template
  }

  /// Cold: the door through which the keeper opens this line.
  static func door(
    output: Int, name: String, _ settings: SerialOutputSettings,
    handover: Handover<Descriptor>, health: OutputHealth
  ) -> DeviceDoor<Descriptor> {
    DeviceDoor(output: output, name: name, handover: handover, health: health) {
      () throws(DeviceFault) in
      do throws(PortError) {
        return try SerialPort.open(path: settings.path, SerialSettings(baud: settings.baud))
      } catch {
        throw DeviceFault(message: error.message)
      }
    }
  }
}
