/// One piece of memory and the steps between which it is in use, both included.
struct MemoryRequest {
  let bytes: Int
  let first: Int
  let last: Int

  func overlaps(_ other: MemoryRequest) -> Bool { first <= other.last && other.first <= last }
}

/// Puts pieces of memory with known lifetimes into one arena: one after the other, each at the
/// lowest offset that no living piece covers, in two orders of which the better plan is taken.
///
/// Largest first is best where one layer towers above the rest (greedy by size, Pisarchyk and Lee
/// 2020, and TensorFlow Lite Micro); first used first where layers grow and shrink in turn.
///
/// - Complexity: O(n²) for n pieces.
enum Planner {
  /// - Returns: an aligned offset for each request, and the bytes that hold them all.
  static func place(_ requests: [MemoryRequest]) -> (offsets: [Int], bytes: Int) {
    // Ties end at the place in the list, so that a model has one plan.
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

  private static func place(
    _ requests: [MemoryRequest], in order: [Int]
  ) -> (offsets: [Int], bytes: Int) {
    var offsets = [Int](repeating: 0, count: requests.count)
    var placed: [Int] = []  // ascending by offset
    var total = 0
    for request in order {
      var offset = 0
      for other in placed where requests[other].overlaps(requests[request]) {
        if offset + requests[request].bytes <= offsets[other] { break }
        offset = max(offset, aligned(offsets[other] + requests[other].bytes))
      }
      offsets[request] = offset
      let place = placed.firstIndex { offsets[$0] > offset } ?? placed.count
      placed.insert(request, at: place)
      total = max(total, aligned(offset + requests[request].bytes))
    }
    return (offsets, total)
  }

  private static func aligned(_ bytes: Int) -> Int {
    (bytes + RuntimeLimits.tensorAlignment - 1) / RuntimeLimits.tensorAlignment
      * RuntimeLimits.tensorAlignment
  }
}
