/// The rules that say which header or key may add to which table.
///
/// A table is defined once: by its header, by the dotted keys of one section, or in braces. Headers
/// may go through tables of the first two kinds and through the last element of an array of
/// headers. Dotted keys may go only through tables of the same section, and through tables that
/// longer headers implied and that have no definition.
extension TOMLTable {
  /// `[a.b.c]`: makes the table `c`, or defines it if it was only implied.
  func open(_ path: [TOMLKey], at place: SourcePlace) throws(TOMLError) -> TOMLTable {
    let (parent, key) = try parent(of: path)
    guard let old = parent.entry(key.text) else {
      return try parent.add(key, TOMLTable(place: place, origin: .header))
    }
    guard case .table(let table) = old.value.content, table.origin == .implied else {
      throw TOMLError(place: key.place, kind: .duplicate(key: key.text, first: old.place))
    }
    table.origin = .header
    return table
  }

  /// `[[a.b.c]]`: adds a new last element to the array `c`.
  func appendTable(_ path: [TOMLKey], at place: SourcePlace) throws(TOMLError) -> TOMLTable {
    let (parent, key) = try parent(of: path)
    let table = TOMLTable(place: place, origin: .header)
    let value = TOMLValue(place: place, content: .table(table))
    guard let old = parent.entry(key.text) else {
      let array = TOMLArray([value], isOfHeaders: true)
      try parent.add(key, TOMLValue(place: place, content: .array(array)))
      return table
    }
    guard case .array(let array) = old.value.content, array.isOfHeaders else {
      throw TOMLError(place: key.place, kind: .duplicate(key: key.text, first: old.place))
    }
    array.append(value)
    return table
  }

  /// `a.b.c = value`
  func set(_ path: [TOMLKey], to value: TOMLValue, section: Int) throws(TOMLError) {
    var table = self
    for key in path.dropLast() { table = try table.descend(dotted: key, section: section) }
    let last = path[path.count - 1]
    if let old = table.entry(last.text) {
      throw TOMLError(place: last.place, kind: .duplicate(key: last.text, first: old.place))
    }
    try table.add(last, value)
  }

  /// The table that holds the last key of a header.
  private func parent(of path: [TOMLKey]) throws(TOMLError) -> (TOMLTable, TOMLKey) {
    var table = self
    for key in path.dropLast() { table = try table.descend(header: key) }
    return (table, path[path.count - 1])
  }

  private func descend(header key: TOMLKey) throws(TOMLError) -> TOMLTable {
    guard let old = entry(key.text) else {
      return try add(key, TOMLTable(place: key.place, origin: .implied))
    }
    switch old.value.content {
    case .table(let table) where table.origin != .inline: return table
    case .array(let array) where array.isOfHeaders:
      if case .table(let table)? = array.elements.last?.content { return table }
    default: break
    }
    throw TOMLError(place: key.place, kind: .notExtensible(key: key.text, first: old.place))
  }

  private func descend(dotted key: TOMLKey, section: Int) throws(TOMLError) -> TOMLTable {
    guard let old = entry(key.text) else {
      return try add(key, TOMLTable(place: key.place, origin: .dotted(section: section)))
    }
    if case .table(let table) = old.value.content {
      if table.origin == .implied { table.origin = .dotted(section: section) }
      if table.origin == .dotted(section: section) { return table }
    }
    throw TOMLError(place: key.place, kind: .notExtensible(key: key.text, first: old.place))
  }

  private func add(_ key: TOMLKey, _ table: TOMLTable) throws(TOMLError) -> TOMLTable {
    try add(key, TOMLValue(place: table.place, content: .table(table)))
    return table
  }

  private func add(_ key: TOMLKey, _ value: TOMLValue) throws(TOMLError) {
    guard entries.count < TOMLLimits.tableKeysMax else {
      throw TOMLError(place: key.place, kind: .tooManyKeys)
    }
    append(TOMLEntry(key: key.text, place: key.place, value: value))
  }
}
