import Config
import SensorIO
import System

/// What a sensor's device is told once in a period, so that it sends a sample. What comes back is
/// read as that of any sensor: nothing waits for it.
final class Prompt {
  private let bytes: UnsafeMutableRawBufferPointer
  /// What the port has not taken of the last one: a half command would spoil the next.
  private var rest = 0
  let periodNanoseconds: Int64
  /// CLOCK_BOOTTIME.
  private(set) var due: Int64 = 0

  /// Nil for a sensor that sends by itself.
  init?(_ settings: SensorSettings) {
    guard !settings.prompt.isEmpty else { return nil }
    bytes = .allocate(byteCount: settings.prompt.count, alignment: 1)
    bytes.copyBytes(from: settings.prompt)
    periodNanoseconds = max(1, settings.periodNanoseconds)
  }

  deinit { bytes.deallocate() }

  /// Hot: the port is open; the device is told then.
  func begin(at time: Int64) { (due, rest) = (time, 0) }

  /// Hot: what is to be written now; nil when nothing is due. A time that was missed is not made
  /// up for.
  ///
  /// - Parameter isTaken: the port has taken all that was written before.
  func take(at now: Int64, isTaken: Bool) -> UnsafeRawBufferPointer? {
    guard due <= now else { return nil }
    let next = due &+ periodNanoseconds
    due = next > now ? next : now &+ periodNanoseconds
    guard rest == 0 else { return UnsafeRawBufferPointer(rebasing: bytes[(bytes.count - rest)...]) }
    return isTaken ? UnsafeRawBufferPointer(bytes) : nil
  }

  /// Hot: the port took so many bytes of what `take` gave, which were `all`.
  func wrote(_ count: Int, of all: Int) { rest = max(0, all - count) }
}

/// All of this is hot.
extension HotThread {
  /// When the first device is to be told something; `.max` where there is none.
  var nextPrompt: Int64 {
    var next = Int64.max
    for wire in wires where !wire.prompts.isEmpty && wire.isConnected {
      for prompt in wire.prompts { next = min(next, max(prompt.due, wire.promptFree)) }
    }
    return next
  }

  /// Tells each device what is due. A prompt has some bytes and is written without waiting. Two
  /// prompts on one line have a pause between them, since their answers would collide.
  func promptDevices() {
    for wire in wires where !wire.prompts.isEmpty && wire.isConnected {
      for prompt in wire.prompts {
        let now = Clock.boot()
        guard wire.promptFree <= now else { break }
        let connection = wire.connections[0]
        guard let bytes = prompt.take(at: now, isTaken: connection.hasSentAll) else { continue }
        guard let count = connection.send(bytes) else {
          disconnect(wire, connection)
          break
        }
        prompt.wrote(count, of: bytes.count)
        wire.promptFree = now + wire.promptPause
      }
    }
  }
}
