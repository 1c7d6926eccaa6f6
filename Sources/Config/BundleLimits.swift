/// What a bundle's files may be, for those that read them, sign them or bring them here.
package enum BundleLimits {
  /// Far above any model that fits a board's time and memory, and safe to hold twice.
  package static let modelBytesMax = 16 << 20
}
