import Text

/// `trust`: what has to vouch for the models that this board loads. It stands in `[agent]` or in
/// `[sync]`, and means the same there.
package struct TrustPolicy: Equatable, Sendable {
  package enum Choice: Equatable, Sendable {
    /// The keys of that folder. Where it has none, nothing is loaded.
    case keys(folder: String)
    /// `trust = "none"`: an owner decided that nothing is verified.
    case none
    /// The keys of the default folder, where there are any.
    case unwritten
    /// A person named the bundles, for a demonstration or a replay.
    case named
  }

  package static let defaultFolder = "/etc/edgeagent/trust.d"

  package var choice: Choice
  /// Where it is written, or the file's beginning.
  package var place: SourcePlace

  package init(_ choice: Choice, place: SourcePlace) {
    (self.choice, self.place) = (choice, place)
  }

  /// Where keys are looked for; nil where nothing is verified by decision.
  package var folder: String? {
    switch choice {
    case .keys(let folder): folder
    case .unwritten: Self.defaultFolder
    case .none, .named: nil
    }
  }
}

extension ConfigurationReader {
  /// Reads the key in both tables.
  func trust(agent: TOMLTable?, sync: TOMLTable?, place: SourcePlace) -> TrustPolicy {
    let own = agent.flatMap { trust(TableReader($0, .agent, known: nil, faults: faults)) }
    let other = sync.flatMap { trust(TableReader($0, .sync, known: nil, faults: faults)) }
    if let own, let other, own.choice != other.choice {
      faults.note(.contradiction(key: "trust", in: .sync, other: own.place), at: other.place)
    }
    return own ?? other ?? TrustPolicy(.unwritten, place: place)
  }

  private func trust(_ table: TableReader) -> TrustPolicy? {
    let bytesMax = ConfigurationLimits.pathBytesMax
    let choice = table.parsed(table.optional("trust"), .path(bytesMax: bytesMax)) {
      text -> TrustPolicy.Choice? in
      text.utf8.elementsEqual("none".utf8)
        ? TrustPolicy.Choice.none
        : resolved(text, bytesMax: bytesMax).map { .keys(folder: $0) }
    }
    return choice.map { TrustPolicy($0, place: table.place(of: "trust")) }
  }
}
