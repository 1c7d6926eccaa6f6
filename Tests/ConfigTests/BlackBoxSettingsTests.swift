import Testing

@testable import Config
@testable import Text

/// Goal: `[black_box]` says how much is kept, and what it cannot mean is refused.
/// Method: whole configurations with that table.
@Suite struct BlackBoxSettingsTests {
  private static let sensor = "[[sensor]]\nname = \"a\"\nport = \"stdin:\"\nfields = [\"x\"]\n"

  private func read(_ box: String, store: String = "[store]\n") throws -> BlackBoxSettings {
    let text = "agent = {}\n\(store)\(box)\n\(Self.sensor)"
    return try Configuration.parse([
      ConfigurationSource(file: "t.toml", bytes: Array(text.utf8))
    ]).blackBox
  }

  @Test func `without a word it keeps ten seconds before and five after`() throws {
    for box in ["", "[black_box]"] {
      let settings = try read(box)
      #expect(settings == BlackBoxSettings() && settings.isOn)
      #expect(settings.beforeNanoseconds == 10_000_000_000)
      #expect(settings.afterNanoseconds == 5_000_000_000)
      #expect(settings.memoryBytes == nil && settings.sizeBytes == 4 << 20)
      #expect(
        [0, 1, 6, 16].map(settings.memoryBytes(ofEach:)) == [16, 16, 16, 6].map { $0 << 10 })
    }
  }

  @Test func `each key is read`() throws {
    let settings = try read(
      "[black_box]\nbefore = \"60s\"\nafter = \"0s\"\nmemory = \"1MiB\"\nsize = \"256KiB\"")
    #expect(settings.beforeNanoseconds == 60_000_000_000 && settings.afterNanoseconds == 0)
    #expect(settings.memoryBytes == 1 << 20 && settings.memoryBytes(ofEach: 16) == 1 << 20)
    #expect(settings.sizeBytes == 256 << 10)
    #expect(try !read("[black_box]\nbefore = \"0s\"").isOn)
    #expect(try read("[black_box]\nafter = \"1s\"", store: "").afterNanoseconds == 1_000_000_000)
  }

  @Test(arguments: [
    ("before = \"61s\"", "before"), ("after = \"-1s\"", "after"), ("memory = \"3KiB\"", "memory"),
    ("memory = \"2MiB\"", "memory"), ("size = \"1KiB\"", "size"), ("sice = \"1MiB\"", "size"),
  ])
  func `a fault names its key`(line: String, word: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try read("[black_box]\n\(line)") }
    #expect(error?.messages.first?.contains(word) == true)
    #expect(error?.messages.first?.contains("[black_box]") == true)
  }

  @Test func `without an outbox there is nothing to limit`() throws {
    let error = #expect(throws: ConfigurationError.self) {
      try read("[black_box]\nsize = \"1MiB\"", store: "")
    }
    #expect(error?.messages.first?.contains("[store]") == true)
  }
}
