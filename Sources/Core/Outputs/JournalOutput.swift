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
  private let standardError: PromptOutput
  /// For each alert the fields that are always the same, with their newlines.
  private let fixedFields: [[UInt8]]
  /// Taken at start, since making them allocates.
  private let flagWords = AlertFlags.words
  private let buffer: UnsafeMutableRawBufferPointer

  /// - Parameter standardError: where lines go without a journal; tests give a pipe.
  init(
    _ configuration: Configuration, socketPath: String = socketPath, standardError: Int32 = 2
  ) {
    self.standardError = PromptOutput(standardError)
    let isUsed = configuration.outputs.contains { $0.kind == .journal }
    descriptor = isUsed ? UnixDatagram.connected(to: socketPath) : -1
    buffer = .allocate(byteCount: PipelineLimits.lineBytesMax, alignment: 16)
    fixedFields = JournalFields.fixed(configuration)
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    buffer.deallocate()
  }

  /// Hot.
  ///
  /// - Returns: true when the journal took it; without a journal, when standard error did.
  @discardableResult
  func write(_ event: AlertEvent, json: UnsafeRawBufferPointer) -> Bool {
    guard descriptor >= 0 else {
      return writeLine(json)
    }
    var output = FixedOutput(buffer)
    fixedFields[event.alert].withUnsafeBytes { output.put($0) }
    // The rest of MESSAGE, then the fields that change.
    output.put(event.transition.word)
    output.put(", value ")
    Self.put(event.value, decimals: 3, to: &output)
    if !event.person.isEmpty {
      output.put(", by ")
      Self.put(event.person, to: &output)
    }
    output.put("\nEDGEAGENT_STATE=")
    output.put(event.transition.word)
    output.put("\nEDGEAGENT_PHASE=")
    output.put(event.phase.word)
    output.put("\nEDGEAGENT_EPISODE=")
    output.integer(event.episode)
    output.put("\nEDGEAGENT_REPEAT=")
    output.integer(event.repeatCount)
    output.put("\nEDGEAGENT_VALUE=")
    Self.put(event.value, decimals: 6, to: &output)
    // The older name of the value.
    output.put("\nEDGEAGENT_SCORE=")
    Self.put(event.value, decimals: 6, to: &output)
    if !event.level.isNaN {
      output.put("\nEDGEAGENT_LEVEL=")
      Self.put(event.level, decimals: 6, to: &output)
    }
    output.put("\nEDGEAGENT_FLAGS=")
    put(event.flags, to: &output)
    if !event.person.isEmpty {
      output.put("\nEDGEAGENT_PERSON=")
      Self.put(event.person, to: &output)
    }
    output.put("\nEDGEAGENT_SAMPLE=")
    output.integer(event.sample)
    output.put("\nEDGEAGENT_AT=")
    output.integer(event.arrival)
    output.put("\n")
    guard let datagram = output.written,
      send(descriptor, datagram.baseAddress, datagram.count, CP_MSG_QUIET) == datagram.count
    else {
      _ = writeLine(json)
      return false
    }
    return true
  }

  /// A model's output of floats may hold NaN and infinities.
  private static func put(_ value: Float, decimals: Int, to output: inout FixedOutput) {
    guard !value.isNaN else { return output.put("unknown") }
    output.decimal(min(max(Double(value), -1e9), 1e9), decimals: decimals)
  }

  /// A line end in a name would begin a field of its own.
  private static func put(_ person: PersonName, to output: inout FixedOutput) {
    person.withBytes { bytes in
      for byte in bytes { output.put(byte < 0x20 ? UInt8(ascii: "?") : byte) }
    }
  }

  /// The words of the flags, with commas between them.
  private func put(_ flags: AlertFlags, to output: inout FixedOutput) {
    var isFirst = true
    for (flag, word) in flagWords where flags.contains(flag) {
      if !isFirst { output.put(",") }
      isFirst = false
      output.put(word)
    }
  }

  /// A terminal that is held or a pipe that no process reads gets no line. An alert's line is
  /// shorter than what a pipe takes whole.
  private func writeLine(_ json: UnsafeRawBufferPointer) -> Bool {
    standardError.write(json) == json.count
  }
}
