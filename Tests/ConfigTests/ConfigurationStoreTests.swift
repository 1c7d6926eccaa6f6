import Testing

@testable import Config
@testable import Store
import TestSupport

/// Goal: `[store]` and `report` become the right settings, and the message for each fault has a
/// remedy.
@Suite struct ConfigurationStoreTests {
  private func parse(_ text: String) throws(ConfigurationError) -> Configuration {
    let source = ConfigurationSource(file: "/etc/edge/edgeagent.toml", bytes: Array(text.utf8))
    return try Configuration.parse([source])
  }

  private func messages(_ text: String) -> [String] {
    do throws(ConfigurationError) {
      _ = try parse(text)
      return []
    } catch {
      return error.messages
    }
  }

  @Test func `without a store nothing is kept`() throws {
    #expect(try parse("agent.id = \"a\"").store == nil)
  }

  @Test func `a store alone has its defaults`() throws {
    let store = try #require(try parse("agent.id = \"a\"\n[store]").store)
    #expect(store.path == "/var/lib/edgeagent/outbox.db" && store.bytesMax == 64 << 20)
    let other = try parse("agent = { id = \"a\", state = \"state\" }\n[store]")
    #expect(other.store?.path == "/etc/edge/state/outbox.db")
  }

  @Test func `every key is taken`() throws {
    let store = try parse("agent.id = \"a\"\nstore = { path = \"o.db\", size = \"2MiB\" }").store
    #expect(store?.path == "/etc/edge/o.db" && store?.bytesMax == 2 << 20)
  }

  @Test func `a size out of its range is refused`() {
    for size in ["512KiB", "17000MiB", "1"] {
      let told = messages("agent.id = \"a\"\nstore.size = \"\(size)\"")
      #expect(told.count == 1 && told[0].contains("write 1MiB to 16384MiB"))
    }
  }

  @Test func `the sizes are those that a store can have`() {
    #expect(ConfigurationLimits.storeBytes.lowerBound == OutboxLimits.bytesMin)
    #expect(ConfigurationLimits.storeBytesDefault == OutboxLimits.bytesDefault)
  }

  @Test func `a policy is taken, and what is none is refused`() throws {
    let text = """
      \(ConfigurationFaultCase.configuration)
      [[pipeline]]
      name = "q"
      sensor = "wrist"
      model = "fall"
      report =
      """
    #expect(try parse(text + " \"change 0.25\"").pipelines[1].report == .change(0.25))
    #expect(try parse(text + " \"none\"").pipelines[0].report == .standard)
    let told = messages(text + " \"sometimes\"")
    #expect(told.count == 1 && told[0].contains("\"summary 60s\""))
  }
}
