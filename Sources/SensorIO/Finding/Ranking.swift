/// An order of a few things. The library's sort takes a dozen kilobytes of the executable for each
/// comparison that is written, and nothing that is ordered here is long.
enum Ranking {
  /// The places of the numbers, the greatest first; equal ones in their order.
  ///
  /// - Complexity: quadratic at worst.
  static func descending(_ numbers: [Double]) -> [Int] {
    var places: [Int] = []
    for place in numbers.indices {
      var index = places.count
      while index > 0, numbers[places[index - 1]] < numbers[place] { index -= 1 }
      places.insert(place, at: index)
    }
    return places
  }
}
