/// The address of each tensor and of each operator's scratch, lent to `eval`. Addresses never
/// change while an interpreter lives.
struct Memory: BitwiseCopyable {
  /// One for each tensor, then one for each node.
  private let addresses: UnsafePointer<UnsafeMutableRawPointer>
  private let tensorCount: Int

  init(addresses: UnsafePointer<UnsafeMutableRawPointer>, tensorCount: Int) {
    self.addresses = addresses
    self.tensorCount = tensorCount
  }

  /// The elements of a tensor, constant or not. `GraphOrder` has proved that no operator writes to
  /// a constant.
  @inline(__always)
  func tensor<T>(_ index: Int, as type: T.Type = T.self) -> UnsafeMutablePointer<T> {
    addresses[index].assumingMemoryBound(to: T.self)
  }

  @inline(__always)
  func scratch(_ node: Int) -> UnsafeMutableRawPointer { addresses[tensorCount + node] }
}
