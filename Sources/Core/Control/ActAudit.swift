import System
import Text

/// Who did what, when, from which process, and what became of it. Written for every act, refused
/// ones too.
struct ActAudit: Equatable, Sendable {
  /// `"ack"`, `"shelve"`, …
  var action: String
  /// The alert's name as the person gave it; empty where there is none.
  var alert: String
  /// As the kernel knows the person: a user's name, or its number.
  var user: String
  var userNumber: UInt32
  var process: Int32
  /// The process's own name; empty where it may not be seen.
  var program: String
  /// As the person called itself: many people share one terminal. Nobody has proved it.
  var by: String
  var note: String
  /// Empty where the act was done; else why not.
  var refusal: String
  /// CLOCK_BOOTTIME and wall time, in nanoseconds.
  var at: Int64
  var wall: Int64

  func put(into writer: inout RecordWriter) {
    writer.put(action, bytesMax: 16)
    writer.put(alert, bytesMax: AlertRecord.nameBytesMax)
    writer.put(user, bytesMax: 32)
    writer.put(userNumber)
    writer.put(process)
    writer.put(program, bytesMax: 16)
    writer.put(by, bytesMax: AlertRecord.personBytesMax)
    writer.put(note, bytesMax: AlertKeepingLimits.noteBytesMax)
    writer.put(refusal, bytesMax: 120)
    writer.put(at)
    writer.put(wall)
  }

  /// The members of the record in the outbox, beside `action`.
  func put(into writer: inout JSONWriter) {
    writer.member("alert", alert)
    writer.member("user", user)
    writer.member("uid", userNumber)
    writer.member("pid", process)
    writer.member("program", program)
    if !by.isEmpty { writer.member("by", by) }
    if !note.isEmpty { writer.member("note", note) }
    writer.member("done", refusal.isEmpty)
    if !refusal.isEmpty { writer.member("refusal", refusal) }
  }

  /// For the log.
  var line: String {
    // The unit's ProtectProc= hides the names of other users' processes.
    let name = program.isEmpty ? "" : quoted(program) + " "
    var text = "\(user) (uid \(userNumber), \(name)pid \(process))"
    if !by.isEmpty { text += " for \(quoted(by))" }
    text += ": \(action)"
    if !alert.isEmpty { text += " \(quoted(alert))" }
    if !note.isEmpty { text += ", \(quoted(note))" }
    return refusal.isEmpty ? text : text + "; refused: \(refusal)"
  }
}

extension ActAudit {
  init?(_ reader: inout RecordReader) {
    guard let action = reader.text(), let alert = reader.text(), let user = reader.text(),
      let number = reader.number(UInt32.self), let process = reader.number(Int32.self),
      let program = reader.text(), let by = reader.text(), let note = reader.text(),
      let refusal = reader.text(), let at = reader.number(Int64.self),
      let wall = reader.number(Int64.self)
    else { return nil }
    self.init(
      action: action, alert: alert, user: user, userNumber: number, process: process,
      program: program, by: by, note: note, refusal: refusal, at: at, wall: wall)
  }
}
