import Config
import System

/// Drives the GPIO lines of a configuration to the state that they have without an agent: for the
/// time after it has stopped (`ExecStopPost=`). Some kernels keep the last level of a line that
/// nobody holds any more; a relay would stay as it was.
package enum OutputsOff {
  /// What became of one line.
  package struct Result: Equatable {
    package let name: String
    package let error: GPIOError?
  }

  /// Every line becomes inactive: an ordinary one is off; a fail-safe one is de-energised, as if
  /// the power had gone, so that its siren sounds.
  @export(interface)
  package static func drive(_ configuration: Configuration) -> [Result] {
    drive(configuration, driver: .kernel)
  }

  static func drive(_ configuration: Configuration, driver: GPIODriver) -> [Result] {
    var results: [Result] = []
    for output in configuration.outputs {
      guard case .gpio(let settings) = output.kind else { continue }
      do throws(GPIOError) {
        // Asking for the line sets its level; letting go of it leaves it to the kernel.
        _ = try GPIOLine(settings.address, level: false, driver: driver)
        results.append(Result(name: output.name, error: nil))
      } catch {
        results.append(Result(name: output.name, error: error))
      }
    }
    return results
  }

  /// One line of text for each output: what it is, and who holds its line now.
  @export(interface)
  package static func list(_ configuration: Configuration) -> [String] {
    configuration.outputs.map { output in "\(output.name): \(description(of: output.kind))" }
  }

  private static func description(of kind: OutputKind) -> String {
    switch kind {
    case .socket: return "events socket"
    case .journal: return "journal"
    case .exec(let program): return "program \(program.path)"
    case .serial(let serial): return "serial line \(serial.path), \(serial.baud) baud"
    case .mqtt(let broker): return "broker at \(broker.socket), topic \(broker.topic)"
    case .gpio(let line):
      let words =
        "\(line.role.rawValue), \(line.pattern.rawValue)"
        + (line.isActiveLow ? ", active low" : "") + (line.isFailSafe ? ", fail-safe" : "")
      return "\(line.chip) line \(line.line), \(words); \(holder(of: line))"
    }
  }

  private static func holder(of line: GPIOSettings) -> String {
    do throws(GPIOError) {
      let chip = try GPIOChip(path: line.chip)
      guard line.line < chip.lineCount else {
        throw .noLine(chip: line.chip, line: line.line, count: chip.lineCount)
      }
      return chip.holder(of: line.line).map { "in use by \($0.isEmpty ? "a driver" : $0)" }
        ?? "free"
    } catch {
      return error.message
    }
  }
}
