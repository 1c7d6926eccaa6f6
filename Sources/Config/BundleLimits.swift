/// The greatest sizes of a bundle's files, for all code that reads, signs or copies them.
package enum BundleLimits {
  /// Far above any model that a board has the time and memory for, and small enough to hold two in
  /// memory.
  package static let modelBytesMax = 16 << 20
  /// A bundle needs tens of samples, and no whole test set.
  package static let goldenBytesMax = 1 << 20
}
