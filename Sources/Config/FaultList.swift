import Text

/// The faults found so far. All readers of one configuration share it.
package final class FaultList {
  package private(set) var faults: [ConfigurationFault] = []

  package init(faults: [ConfigurationFault] = []) {
    self.faults = faults
  }

  package func note(_ kind: ConfigurationFaultKind, at place: SourcePlace) {
    faults.append(ConfigurationFault(place: place, kind: kind))
  }

  /// Notes each text that was there before as a duplicate of the first one.
  package func noteDuplicates(
    _ key: String, in table: ConfigurationTable, _ texts: [(text: String, place: SourcePlace)]
  ) {
    for (index, later) in texts.enumerated() {
      let first = texts[..<index].first { $0.text.utf8.elementsEqual(later.text.utf8) }
      guard let first else { continue }
      note(
        .duplicate(key: key, in: table, found: later.text, first: first.place),
        at: later.place)
    }
  }
}
