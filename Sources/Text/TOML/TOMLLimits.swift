/// What a TOML document may cost. The agent holds all of it in memory, on boards with 64 MiB.
package enum TOMLLimits {
  /// A configuration with every table in use is about 50 KiB; a file above this limit is none.
  package static let documentBytesMax = 1 << 20
  /// Levels of tables and arrays within each other; each part of a dotted key is one level. The
  /// agent's configuration needs 4. The limit bounds the stack of the reader and of all code that
  /// walks its result.
  static let depthMax = 32
  /// Values in a document. With this limit the result of the largest document stays below 8 MiB.
  static let valuesMax = 65_536
  /// Keys in one table; few enough for a linear search.
  static let tableKeysMax = 1024
}
