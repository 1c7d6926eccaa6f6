import CPlatform
import Config
import System
import Text

/// Alerts in the systemd journal: its native protocol where its socket is, so that every part of an
/// alert is a field of its own (`journalctl EDGEAGENT_ALERT=fall`), otherwise the JSON line on
/// standard error. There too goes what the journal does not take, full or gone as it may be.
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
    // An output of floats may hold what no score is, and infinities.
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

  /// A terminal that is held or a pipe that nobody reads gets no line. Asked first, because
  /// O_NONBLOCK would reach everybody who shares the descriptor; an alert's line is shorter than
  /// what a pipe takes whole once it says that it is writable.
  private func writeLine(_ json: UnsafeRawBufferPointer) {
    guard Wait.isReady(standardError, for: .writable, milliseconds: 0) else { return }
    _ = CPlatform.write(standardError, json.baseAddress, json.count)
  }
}
