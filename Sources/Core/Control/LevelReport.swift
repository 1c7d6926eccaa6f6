import Config
import System
import Text

/// The levels that persons set while the agent ran, for `check`: what it finds in the configuration
/// is not what holds.
package enum LevelReport {
  /// One line for each; reads the agent's state and changes nothing. None where this user may not
  /// read it.
  package static func lines(_ configuration: Configuration) -> [String] {
    AlertStateFile.overrides(in: configuration.agent.state).map { line($0, configuration) }
  }

  private static func line(_ saved: SavedOverride, _ configuration: Configuration) -> String {
    let name = TerminalText.printable(saved.condition)
    let person = TerminalText.printable(saved.person)
    guard saved.fits(configuration),
      let condition = configuration.conditions.first(where: {
        $0.name.utf8.elementsEqual(saved.condition.utf8)
      }), case .level(_, let configured) = condition.test
    else { return "\(name): set by \(person) for another configuration; the agent drops it" }
    return "\(name): \(text(configured.with(saved.levels))), set by \(person); "
      + "the configuration has \(text(configured))"
  }

  private static func text(_ level: LevelSettings) -> String {
    switch level.kind {
    case .above, .below:
      "\(level.kind.key) \(Float(level.high)), \(level.kind.clearKey) \(Float(level.clearHigh))"
    case .outside, .inside:
      "\(level.kind.key) \(Float(level.low))…\(Float(level.high)), \(level.kind.clearKey) "
        + "\(Float(level.clearLow))…\(Float(level.clearHigh))"
    }
  }
}
