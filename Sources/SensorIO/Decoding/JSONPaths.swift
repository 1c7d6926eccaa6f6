import Text

/// The fields' paths as one tree, so that one walk over a document finds all of them.
///
/// Node 0 is the root. The children of a node are together in `nodes`: array elements by their
/// index, then members in the order of the fields.
struct JSONPaths {
  struct Node {
    /// The name of a member in `names`; empty for an element.
    fileprivate(set) var name = 0..<0
    /// The place of an element; -1 for a member.
    fileprivate(set) var index = -1
    fileprivate(set) var elements = 0..<0
    fileprivate(set) var members = 0..<0
    /// The first slot whose path ends here; -1 for none.
    fileprivate(set) var slot = -1
  }

  let nodes: [Node]
  private let names: [UInt8]
  /// The next slot whose path ends where a slot's does; -1 after the last one.
  private let following: [Int]

  /// - Parameter paths: of each slot.
  init(_ paths: [[JSONStep]]) {
    var builder = Builder(paths)
    builder.build()
    (nodes, names, following) = (builder.nodes, builder.names, builder.following)
  }

  /// The next slot with the same path.
  func slot(after slot: Int) -> Int? { following[slot] < 0 ? nil : following[slot] }

  /// - Parameter from: the child to begin with. Most senders keep the order of their members, so
  ///   the search mostly ends where it begins: pass the one after the one found before.
  func member(_ name: JSONText, of node: Int, from: Int) -> Int? {
    let members = nodes[node].members
    return names.withUnsafeBytes { names in
      for step in 0..<members.count {
        let place = from + step < members.upperBound ? from + step : from + step - members.count
        if name.equals(UnsafeRawBufferPointer(rebasing: names[nodes[place].name])) { return place }
      }
      return nil
    }
  }
}

/// Groups the paths step by step, breadth first.
private struct Builder {
  private let paths: [[JSONStep]]
  private(set) var nodes = [JSONPaths.Node()]
  private(set) var names: [UInt8] = []
  private(set) var following: [Int]

  init(_ paths: [[JSONStep]]) {
    self.paths = paths
    following = [Int](repeating: -1, count: paths.count)
  }

  mutating func build() {
    // The slots that pass through each node, by depth.
    var level: [(node: Int, slots: [Int])] = [(0, Array(paths.indices))]
    var depth = 0
    while !level.isEmpty {
      var below: [(node: Int, slots: [Int])] = []
      for (node, slots) in level {
        end(slots.filter { paths[$0].count == depth }, at: node)
        below += split(slots.filter { paths[$0].count > depth }, under: node, depth)
      }
      (level, depth) = (below, depth + 1)
    }
  }

  private mutating func end(_ slots: [Int], at node: Int) {
    nodes[node].slot = slots.first ?? -1
    for (slot, next) in zip(slots, slots.dropFirst()) { following[slot] = next }
  }

  private mutating func split(
    _ slots: [Int], under node: Int, _ depth: Int
  ) -> [(node: Int, slots: [Int])] {
    var elements: [(index: Int, slots: [Int])] = []
    var members: [(name: String, slots: [Int])] = []
    for slot in slots {
      switch paths[slot][depth] {
      case .index(let index):
        if let place = elements.firstIndex(where: { $0.index == index }) {
          elements[place].slots.append(slot)
        } else {
          elements.append((index, [slot]))
        }
      case .member(let name):
        if let place = members.firstIndex(where: { $0.name.utf8.elementsEqual(name.utf8) }) {
          members[place].slots.append(slot)
        } else {
          members.append((name, [slot]))
        }
      }
    }
    elements.sort { $0.index < $1.index }
    var children: [(node: Int, slots: [Int])] = []
    nodes[node].elements = nodes.count..<nodes.count + elements.count
    for element in elements {
      children.append((nodes.count, element.slots))
      nodes.append(JSONPaths.Node(index: element.index))
    }
    nodes[node].members = nodes.count..<nodes.count + members.count
    for member in members {
      children.append((nodes.count, member.slots))
      let start = names.count
      names.append(contentsOf: member.name.utf8)
      nodes.append(JSONPaths.Node(name: start..<names.count))
    }
    return children
  }
}
