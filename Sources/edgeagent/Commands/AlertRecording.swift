import CPlatform
import Config
import Store
import System
import Text

/// `alerts recording`: the raw frames around an alert, from the outbox to standard output. The
/// agent need not run.
enum AlertRecording {
  static func execute(_ words: [String]) throws(Failure) {
    let action = AlertsCommand.Action.recording
    let arguments: Arguments
    let text: String
    do throws(UsageError) {
      arguments = try Arguments(Array(words.dropFirst()), valued: action.valued)
      text = try arguments.operand("ID")
      if arguments.value("--store") == nil { _ = try arguments.required("--config") }
    } catch {
      throw .usage(error, .alerts, words)
    }
    guard let (name, episode) = identifier(text) else {
      throw .usage(.operand(text, .episode), .alerts, words)
    }
    let path = try StoreCommand.path(arguments)
    guard !Terminal.isTerminal(1) else {
      throw .failed("a recording is no text for a terminal", "end the command with > FILE")
    }
    let sensor = arguments.value("--sensor")
    let found = try StoreCommand.asked(path) { () throws(OutboxError) in
      var found: StoredRecording?
      try StoredRecording.read(path, episode: episode) { recording in
        guard sensor == nil || recording.sensor == sensor,
          RecordingHead.alert(of: recording.bytes)?.name == name
        else { return true }
        found = recording
        return false
      }
      return found
    }
    guard let found else {
      throw .failed(
        "\(path): no recording of \(TerminalText.printable(text))",
        "`alerts history` has the names; a recording is there some seconds after its alert, and the "
          + "oldest go when there is no room")
    }
    do throws(Files.Failure) {
      try Files.append(found.bytes, to: 1)
    } catch {
      throw .failed("standard output: \(error.text)")
    }
  }

  /// `fall/3`: the alert and its episode, as `alerts history` writes them.
  static func identifier(_ text: String) -> (name: String, episode: Int64)? {
    let (name, number) = ConfigurationText.split(text, at: "/")
    guard !name.isEmpty, let number, let episode = Int64(number), episode > 0 else { return nil }
    return (name, episode)
  }
}
