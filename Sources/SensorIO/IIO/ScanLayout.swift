/// Where a scan has its elements: what one trigger makes the Linux kernel write.
///
/// Elements stand in the order of their index. Each begins at a multiple of its own size, with all
/// of its repeated values, and the scan's size is a multiple of the largest one's, so that the next
/// scan is aligned too (`iio_compute_scan_bytes`).
struct ScanLayout: Equatable, Sendable {
  /// The first byte of each element, in the order in which they were given.
  private(set) var offsets: [Int]
  /// From one scan to the next.
  let byteCount: Int

  /// - Parameter elements: those that are enabled, in any order.
  /// - Returns: nil where the Linux kernel's rule says nothing: an element whose size is no power
  ///   of two has no alignment.
  init?(_ elements: [(index: Int, type: ScanType)]) {
    var (end, largest) = (0, 1)
    offsets = elements.map { _ in 0 }
    for place in elements.indices.sorted(by: { elements[$0].index < elements[$1].index }) {
      let size = elements[place].type.byteCount
      guard size & (size - 1) == 0 else { return nil }
      offsets[place] = Self.aligned(end, to: size)
      end = offsets[place] + size
      largest = max(largest, size)
    }
    byteCount = Self.aligned(end, to: largest)
  }

  /// Where a scan may have its time; the first place that is not 0 has it.
  ///
  /// Most Linux kernels write it into the last eight bytes, whatever the elements are
  /// (`iio_push_to_buffers_with_timestamp`). That is its place by the rule above, but behind an
  /// element of more than eight bytes, as the quaternion of a HID sensor: there newer ones write it
  /// to its place, and that sensor's driver to both.
  ///
  /// - Parameters:
  ///   - offset: of the element of the time.
  ///   - size: of that element in bytes; one that is not 8 is a driver's own.
  func times(_ offset: Int, size: Int) -> [Int] {
    let last = byteCount - 8
    return size != 8 || last == offset ? [offset] : [last, offset]
  }

  private static func aligned(_ place: Int, to size: Int) -> Int {
    (place + size - 1) / size * size
  }
}
