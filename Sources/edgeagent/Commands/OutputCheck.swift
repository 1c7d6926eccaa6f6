import CPlatform
import Config
import System
import Text

/// What `check` finds out about the outputs of alerts without telling them anything.
enum OutputCheck {
  /// A sentence for each output that cannot work now, and for each alert that reaches nobody.
  static func problems(_ configuration: Configuration) -> [String] {
    var problems: [String] = []
    for alert in configuration.alerts where !alert.isDeadMan && alert.outputs.isEmpty {
      problems.append(
        "\(alert.place.text): alert \(alert.name) has no outputs, so nobody is told; "
          + "add outputs = [\"socket\"]")
    }
    for output in configuration.outputs {
      guard let problem = problem(output.kind) else { continue }
      problems.append("\(output.place.text): output \(output.name): \(problem)")
    }
    return problems
  }

  private static func problem(_ kind: OutputKind) -> String? {
    switch kind {
    case .socket, .journal: return nil
    case .exec(let program):
      guard Files.kind(program.path) == .file else {
        let hasSpace = program.path.utf8.contains(UInt8(ascii: " "))
        return "\(program.path): no such program"
          + (hasSpace ? "; a program takes no arguments: write a script" : "")
      }
      return access(program.path, X_OK) == 0
        ? nil : "\(program.path): may not be run; make it executable: chmod +x"
    case .gpio(let line):
      return Files.kind(line.chip) == .missing
        ? "\(line.chip): no such chip; `ls /dev/gpiochip*` lists those that there are" : nil
    case .serial(let line):
      return Files.kind(line.path) == .missing
        ? "\(line.path): no such device; `ls /dev/serial/by-id` lists those that there are" : nil
    case .mqtt(let broker):
      return Files.kind(broker.socket) == .missing
        ? "\(broker.socket): no such socket; does the broker listen there?" : nil
    }
  }
}
