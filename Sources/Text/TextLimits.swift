/// Bounds of texts that come from outside.
package enum TextLimits {
  /// A page of results, a registry's answer. What is larger comes in pages.
  package static let jsonBytesMax = 1 << 20
}
