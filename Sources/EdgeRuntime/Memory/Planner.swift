/// One piece of memory and the steps between which it is in use, both included.
struct MemoryRequest {
  let bytes: Int
  let first: Int
  let last: Int
}

/// Puts pieces of memory with known lifetimes into one arena, one after the other: each at the
/// lowest offset that no piece in use covers. It tries two orders and takes the better plan.
///
/// Largest first is best if one layer is much larger than the others (greedy by size, Pisarchyk and
/// Lee 2020, and TensorFlow Lite Micro). First used first is best if layers grow and shrink in
/// turn.
///
/// - Complexity: O(n²) for n pieces.
enum Planner {
  /// - Returns: an aligned offset for each request, and the bytes that hold them all.
  static func place(_ requests: [MemoryRequest]) -> (offsets: [Int], bytes: Int) {
    // For equal pieces, the place in the list decides, so that a model always has the same plan.
    let largestFirst = requests.indices.sorted { a, b in
      (-requests[a].bytes, requests[a].first, a) < (-requests[b].bytes, requests[b].first, b)
    }
    let firstUsedFirst = requests.indices.sorted { a, b in
      (requests[a].first, -requests[a].bytes, a) < (requests[b].first, -requests[b].bytes, b)
    }
    let bySize = place(requests, in: largestFirst)
    let byTime = place(requests, in: firstUsedFirst)
    return byTime.bytes < bySize.bytes ? byTime : bySize
  }

  /// A piece that has its place.
  private struct Placed {
    let offset: Int
    /// The aligned offset where the next piece may begin.
    let end: Int
    let first: Int
    let last: Int
  }

  private static func place(
    _ requests: [MemoryRequest], in order: [Int]
  ) -> (offsets: [Int], bytes: Int) {
    var offsets = [Int](repeating: 0, count: requests.count)
    var placed: [Placed] = []  // ascending by offset
    placed.reserveCapacity(requests.count)
    var total = 0
    for request in order {
      let (bytes, first, last) = (
        requests[request].bytes, requests[request].first, requests[request].last
      )
      let offset = lowest(bytes, first, last, among: placed)
      offsets[request] = offset
      let piece = Placed(offset: offset, end: aligned(offset + bytes), first: first, last: last)
      placed.insert(piece, at: firstPlace(above: offset, in: placed))
      total = max(total, piece.end)
    }
    return (offsets, total)
  }

  /// The lowest offset at which `bytes` overlap no piece that is in use between `first` and `last`.
  /// This is the most costly loop of loading a model: a hostile model has thousands of pieces.
  private static func lowest(_ bytes: Int, _ first: Int, _ last: Int, among placed: [Placed]) -> Int
  {
    var offset = 0
    for other in placed where first <= other.last && other.first <= last {
      if offset + bytes <= other.offset { break }
      offset = max(offset, other.end)
    }
    return offset
  }

  private static func firstPlace(above offset: Int, in placed: [Placed]) -> Int {
    var (low, high) = (0, placed.count)
    while low < high {
      let middle = (low + high) / 2
      if placed[middle].offset > offset { high = middle } else { low = middle + 1 }
    }
    return low
  }

  private static func aligned(_ bytes: Int) -> Int {
    (bytes + RuntimeLimits.tensorAlignment - 1) / RuntimeLimits.tensorAlignment
      * RuntimeLimits.tensorAlignment
  }
}
