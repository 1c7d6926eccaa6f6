/// Bounds of texts that come from outside.
package enum TextLimits {
  /// The most bytes of a JSON document from a server: one answer. Servers split longer lists into
  /// pages.
  package static let jsonBytesMax = 1 << 20
}
