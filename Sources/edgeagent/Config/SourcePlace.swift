/// A point in a configuration file, as compilers and editors write it: `edgeagent.toml:12:1`.
struct SourcePlace: Equatable, Sendable {
  /// The file as the user named it.
  var file: String
  /// From 1. A line ends at LF.
  var line: Int
  /// From 1, in Unicode scalars, as most editors count; a byte order mark is not counted.
  var column: Int

  var text: String { "\(file):\(line):\(column)" }
}
