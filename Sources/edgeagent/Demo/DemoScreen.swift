import CPlatform
import System
import Text

/// The screen of the demonstration. On a terminal it draws the wearer, the sensor, the score and
/// the alert again and again in one place. Elsewhere it writes a line for each event, and nothing
/// else.
struct DemoScreen {
  /// The columns of history. One column is 0.2 s.
  private static let historyColumns = 54
  private static let eventRows = 7

  let isTerminal: Bool
  private let hasColour: Bool
  private var force: [Double] = []
  private var turn: [Double] = []
  private var fall: [Double] = []
  private var events: [String] = []
  private var drawnRows = 0

  init() {
    isTerminal = Terminal.isTerminal(1) && Environment.value("TERM") != "dumb"
    hasColour = isTerminal && Environment.value("NO_COLOR") == nil
  }

  /// Adds a column with the strongest values since the last one.
  mutating func addColumn(force: Double, turn: Double, fall: Double) {
    Self.append(force, to: &self.force)
    Self.append(turn, to: &self.turn)
    Self.append(fall, to: &self.fall)
  }

  /// Adds a line to the list of events. Without a terminal it prints the line at once.
  mutating func addEvent(_ text: String, isAlert: Bool = false) {
    guard isTerminal else { return Terminal.write(text + "\n") }
    events.append(isAlert ? paint(text, "1;31") : text)
    if events.count > Self.eventRows { events.removeFirst() }
  }

  mutating func draw(second: Double, activity: String, fallScore: Double, isAlert: Bool) {
    guard isTerminal else { return }
    var rows: [String] = []
    rows.append(paint("edgeagent demo", "1") + "   simulated wrist → serial line → the real agent")
    rows.append("")
    rows.append("  time     \(Decimal.text(second, decimals: 1)) s   the wearer is \(activity)")
    rows.append("  force    " + bars(force, full: 8) + "  ≤ 8 g")
    rows.append("  turning  " + bars(turn, full: 700) + "  ≤ 700 °/s")
    let score = Decimal.text(fallScore, decimals: 2)
    rows.append("  fall?    " + paint(bars(fall, full: 1), isAlert ? "31" : "32") + "  \(score)")
    rows.append("")
    rows.append(isAlert ? paint("  ● ALERT: fall ", "1;37;41") : "  ○ no alert")
    rows.append("")
    rows += events.map { "  " + $0 }
    rows += [String](repeating: "", count: Self.eventRows - events.count)
    var text = drawnRows > 0 ? "\u{1B}[\(drawnRows)A" : ""
    for row in rows { text += "\r" + row + "\u{1B}[K\n" }
    drawnRows = rows.count
    Terminal.write(text)
  }

  private func paint(_ text: String, _ style: String) -> String {
    hasColour ? "\u{1B}[\(style)m\(text)\u{1B}[0m" : text
  }

  private func bars(_ values: [Double], full: Double) -> String {
    let levels = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    var text = String(repeating: " ", count: Self.historyColumns - values.count)
    for value in values {
      // `min` and `max` take the number where the value is none.
      text += levels[Int(min(max(0, value / full * 7.999), 7))]
    }
    return text
  }

  private static func append(_ value: Double, to history: inout [Double]) {
    history.append(value)
    if history.count > historyColumns { history.removeFirst() }
  }
}
