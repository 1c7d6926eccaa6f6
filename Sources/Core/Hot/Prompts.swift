import Config
import SensorIO
import System

/// What a sensor's device is told once in a period, so that it sends a sample. What comes back is
/// read as that of any sensor: nothing waits for it.
final class Prompt {
  private let bytes: UnsafeMutableRawBufferPointer
  private let periodNanoseconds: Int64
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

  /// Hot: the port is open; the device is told at once.
  func begin() { due = 0 }

  /// Hot: what is to be written now; nil when nothing is due. A time that was missed is not made
  /// up for.
  func take(at now: Int64) -> UnsafeRawBufferPointer? {
    guard due <= now else { return nil }
    let next = due &+ periodNanoseconds
    due = next > now ? next : now &+ periodNanoseconds
    return UnsafeRawBufferPointer(bytes)
  }
}

/// All of this is hot.
extension HotThread {
  /// When the first device is to be told something; `.max` where there is none.
  var nextPrompt: Int64 {
    var next = Int64.max
    for wire in wires where !wire.prompts.isEmpty && wire.isConnected {
      for prompt in wire.prompts { next = min(next, prompt.due) }
    }
    return next
  }

  /// Tells each device what is due. A prompt has some bytes and is written without waiting.
  func promptDevices() {
    for wire in wires where !wire.prompts.isEmpty && wire.isConnected {
      for prompt in wire.prompts {
        guard let bytes = prompt.take(at: Clock.boot()) else { continue }
        let connection = wire.connections[0]
        guard connection.send(bytes) else {
          disconnect(wire, connection)
          break
        }
      }
    }
  }
}
