/// One of the actions of a command that has several: `pull` in `edgeagent models pull`.
protocol CommandAction: CaseIterable, RawRepresentable where RawValue == String {
  /// The action and what it takes, as its help and errors show it.
  var usage: String { get }
}

extension CommandAction {
  /// The action that the first word names.
  init(_ words: [String]) throws(UsageError) {
    guard let word = words.first else { throw .operandMissing("ACTION") }
    guard let action = Self(rawValue: word) else {
      throw .action(word, choices: Self.allCases.map { $0.rawValue })
    }
    self = action
  }

  static var usages: [(name: String, usage: String)] {
    allCases.map { ($0.rawValue, $0.usage) }
  }
}
