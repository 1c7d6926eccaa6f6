import CPlatform
import Config
import System
import Text

/// Alerts in the systemd journal. Where the journal's socket is, its native protocol makes every
/// part of an alert a separate field (`journalctl EDGEAGENT_ALERT=fall`). Where it is not, and when
/// the journal is full or gone, the JSON line goes to standard error.
///
/// Hot: one datagram or one write, neither of which waits for a reader; allocates nothing.
final class JournalOutput {
  static let socketPath = "/run/systemd/journal/socket"

  private let descriptor: Int32
  private let standardError: Int32
  /// For each alert the fields that are always the same, with their newlines.
  private let fixedFields: [[UInt8]]
  private let buffer: UnsafeMutableRawBufferPointer

  /// - Parameter standardError: where lines go without a journal; tests give a pipe.
  init(
    _ configuration: Configuration, socketPath: String = socketPath, standardError: Int32 = 2
  ) {
    self.standardError = standardError
    let isUsed = configuration.alerts.contains { $0.outputs.contains(.journal) }
    descriptor = isUsed ? UnixDatagram.connected(to: socketPath) : -1
    buffer = .allocate(byteCount: PipelineLimits.lineBytesMax, alignment: 16)
    fixedFields = JournalFields.fixed(configuration)
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    buffer.deallocate()
  }

  func write(_ event: AlertEvent, _ alert: Alert, json: UnsafeRawBufferPointer) {
    guard descriptor >= 0 else {
      return writeLine(json)
    }
    // A model's output of floats may hold NaN and infinities.
    let score = event.score.isNaN ? 0 : min(max(Double(event.score), -1e9), 1e9)
    var output = FixedOutput(buffer)
    fixedFields[event.alert].withUnsafeBytes { output.put($0) }
    // The rest of MESSAGE, then the fields that change.
    output.put(event.transition.word)
    output.put(", score ")
    output.decimal(score, decimals: 3)
    output.put("\nEDGEAGENT_STATE=")
    output.put(event.transition.word)
    output.put("\nEDGEAGENT_SCORE=")
    output.decimal(score, decimals: 6)
    output.put("\nEDGEAGENT_SAMPLE=")
    output.integer(event.sample)
    output.put("\nEDGEAGENT_AT=")
    output.integer(event.arrival)
    output.put("\n")
    guard let datagram = output.written,
      send(descriptor, datagram.baseAddress, datagram.count, CP_MSG_QUIET) == datagram.count
    else { return writeLine(json) }
  }

  /// A terminal that is held or a pipe that no process reads gets no line. `poll` asks first,
  /// because O_NONBLOCK would reach every process that shares the descriptor. A pipe that says that
  /// it is writable takes an alert's line whole.
  private func writeLine(_ json: UnsafeRawBufferPointer) {
    guard Wait.isReady(standardError, for: .writable, milliseconds: 0) else { return }
    _ = CPlatform.write(standardError, json.baseAddress, json.count)
  }
}
