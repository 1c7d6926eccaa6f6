/// Finds slots by name without a String. All names are in one array.
///
/// Several slots may have one name: `next` leads from one to the next.
struct NameTable {
  private let names: [UInt8]
  /// Of each name that is there; equal names once.
  private let entries: [(range: Range<Int>, slot: Int)]
  private let following: [Int]

  /// - Parameter slots: with their names.
  init(_ slots: [(slot: Int, name: String)]) {
    var (names, entries) = ([UInt8](), [(range: Range<Int>, slot: Int)]())
    var following = [Int](repeating: -1, count: (slots.map { $0.slot }.max() ?? -1) + 1)
    for (index, entry) in slots.enumerated() {
      let equal = slots[..<index].last { $0.name.utf8.elementsEqual(entry.name.utf8) }
      if let equal {
        following[equal.slot] = entry.slot
      } else {
        let start = names.count
        names.append(contentsOf: entry.name.utf8)
        entries.append((start..<names.count, entry.slot))
      }
    }
    (self.names, self.entries, self.following) = (names, entries, following)
  }

  var isEmpty: Bool { entries.isEmpty }

  /// - Parameter from: the entry to begin with. Most devices keep the order of their names, so the
  ///   search mostly ends where it begins: pass the entry after the one found before.
  /// - Returns: the entry; nil when no slot has that name.
  func entry(named name: UnsafeRawBufferPointer, from: Int) -> Int? {
    names.withUnsafeBytes { names in
      for step in 0..<entries.count {
        let index = from + step < entries.count ? from + step : from + step - entries.count
        let range = entries[index].range
        if range.count == name.count,
          name.elementsEqual(UnsafeRawBufferPointer(rebasing: names[range]))
        {
          return index
        }
      }
      return nil
    }
  }

  /// The entry to begin the next search with.
  func after(_ entry: Int) -> Int { entry + 1 < entries.count ? entry + 1 : 0 }

  func firstSlot(of entry: Int) -> Int { entries[entry].slot }

  /// The next slot with the same name.
  func slot(after slot: Int) -> Int? { following[slot] < 0 ? nil : following[slot] }
}
