import Testing

/// Checks a sentence for a log: not empty, on one line, and without words of Swift.
package func expectSentence(_ text: String, for value: some Any) {
  #expect(!text.isEmpty && text != "refused", "\(value)")
  #expect(text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "\(value): \(text)")
  for word in ["Optional(", "nil", "Core.", "SensorIO.", "EdgeRuntime.", "Sync.", "Models."] {
    #expect(!text.contains(word), "\(value): \(text)")
  }
}

/// Checks that all sentences differ. The compiler checks that each case has one, since messages are
/// exhaustive switches.
package func expectSentences<Value>(_ values: [Value], _ message: (Value) -> String) {
  for value in values { expectSentence(message(value), for: value) }
  #expect(Set(values.map(message)).count == values.count, "two say the same")
}
