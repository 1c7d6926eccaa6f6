/// What a TOML document may cost. All of it is read before the first frame, on boards with 64 MiB.
package enum TOMLLimits {
  /// A configuration with every table in use is about 50 KiB; more is not a configuration.
  package static let documentBytesMax = 1 << 20
  /// Tables and arrays within each other, dotted keys counted by their parts. Ours need 4; it
  /// bounds the stack of the reader and of everything that walks its result.
  static let depthMax = 32
  /// Values in a document. Holds the result of the largest document below 8 MiB.
  static let valuesMax = 65_536
  /// Keys in one table; few enough that looking one up is a linear search.
  static let tableKeysMax = 1024
}
