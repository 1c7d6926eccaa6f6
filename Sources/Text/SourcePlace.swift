/// A place in a configuration file, written as compilers and editors do: `edgeagent.toml:12:1`.
package struct SourcePlace: Equatable, Sendable {
  /// The file as the user named it.
  package var file: String
  /// Counts from 1. A line ends at LF.
  package var line: Int
  /// Counts from 1, in Unicode scalars, as most editors do. A byte order mark does not count.
  package var column: Int

  package init(file: String, line: Int, column: Int) {
    (self.file, self.line, self.column) = (file, line, column)
  }

  /// For what no file holds.
  package static let none = SourcePlace(file: "", line: 0, column: 0)

  package var text: String { "\(file):\(line):\(column)" }
}
