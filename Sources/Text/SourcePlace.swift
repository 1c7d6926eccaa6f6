/// A point in a configuration file, as compilers and editors write it: `edgeagent.toml:12:1`.
package struct SourcePlace: Equatable, Sendable {
  /// The file as the user named it.
  package var file: String
  /// From 1. A line ends at LF.
  package var line: Int
  /// From 1, in Unicode scalars, as most editors count; a byte order mark is not counted.
  package var column: Int

  package init(file: String, line: Int, column: Int) {
    (self.file, self.line, self.column) = (file, line, column)
  }

  package var text: String { "\(file):\(line):\(column)" }
}
