/// How a table was written, for a file that has to carry it along. It is no part of what settings
/// say: settings that differ in nothing else are equal.
package struct WrittenTable: Equatable, Sendable {
  /// TOML, a line for each key.
  package var text: String

  package init(_ text: String = "") { self.text = text }

  package static func == (_: WrittenTable, _: WrittenTable) -> Bool { true }
}
