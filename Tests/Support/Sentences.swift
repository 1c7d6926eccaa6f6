import Testing

/// One sentence for a log: not empty, on one line, without the words of Swift in it.
package func expectSentence(_ text: String, for value: some Any) {
  #expect(!text.isEmpty && text != "refused", "\(value)")
  #expect(text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "\(value): \(text)")
  for word in ["Optional(", "nil", "Core.", "SensorIO.", "EdgeRuntime.", "Sync.", "Models."] {
    #expect(!text.contains(word), "\(value): \(text)")
  }
}

/// Each has a sentence of its own. That each case has one, the compiler sees to: messages are words of
/// exhaustive switches.
package func expectSentences<Value>(_ values: [Value], _ message: (Value) -> String) {
  for value in values { expectSentence(message(value), for: value) }
  #expect(Set(values.map(message)).count == values.count, "two say the same")
}
