import Testing

@testable import Config
@testable import Text

/// Goal: `[sync]` becomes the right settings, and the message for each fault has a remedy.
@Suite struct ConfigurationSyncTests {
  private static let base = """
    agent.id = "a"
    [store]
    [[sensor]]
    name = "battery"
    port = "stdin"
    fields = [ { name = "volt", unit = "V" } ]
    rate = 1
    [sync]

    """

  private func parse(_ text: String) throws(ConfigurationError) -> SyncSettings? {
    let source = ConfigurationSource(
      file: "/etc/edge/edgeagent.toml", bytes: Array((Self.base + text).utf8))
    return try Configuration.parse([source]).sync
  }

  private func message(_ text: String) -> String {
    do throws(ConfigurationError) {
      _ = try parse(text)
      return ""
    } catch {
      return error.messages.joined(separator: "\n")
    }
  }

  @Test func `without it this board talks to no server`() throws {
    let source = ConfigurationSource(file: "a", bytes: Array("agent.id = \"a\"".utf8))
    #expect(try Configuration.parse([source]).sync == nil)
  }

  @Test func `every key is taken`() throws {
    let sync = try #require(
      try parse(
        """
        registry = "mlflow:https://m.example/x"
        registry_headers = "credential:token"
        registry_pin = "x4QzPSC810K5/cMjb05Qm4k3Bw5zBn4lTdO/nEW/Td4="
        models = [ { name = "fall", alias = "champion" }, { name = "gait" } ]
        uplink = "mlflow:http://u.example:5000"
        uplink_headers = "headers"
        experiment = "ward"
        interval = "5m"
        trust = "keys"
        ca = "ca.pem"
        certificate = "/c.pem"
        key = "credential:key"
        proxy = "http://proxy:3128"
        proxy_password = "/p"
        bytes_per_day = "10MiB"
        attempts_per_day = 50
        recordings = "3MiB"
        gate = "sensor:battery.volt above 11.5"
        """))
    guard case .mlflow(let registry) = sync.registry, case .mlflow(let uplink, "ward") = sync.uplink
    else { return #expect(Bool(false), "\(sync)") }
    #expect(registry.url.text == "https://m.example/x" && registry.headers == .credential("token"))
    #expect(registry.pin?.bytes.count == 32 && uplink.pin == nil)
    #expect(uplink.url.port == 5000 && uplink.headers == .path("/etc/edge/headers"))
    #expect(
      sync.models == [WantedModel(name: "fall", alias: "champion"), WantedModel(name: "gait")])
    #expect(sync.intervalNanoseconds == 300_000_000_000)
    #expect(
      sync.network.authorities == "/etc/edge/ca.pem" && sync.network.key == .credential("key"))
    #expect(sync.network.proxy?.port == 3128 && sync.network.proxyPassword == .path("/p"))
    #expect(sync.budget.bytesPerDay == 10 << 20 && sync.budget.attemptsPerDay == 50)
    #expect(sync.recordingBytesPerDay == 3 << 20)
    let gate = GateSettings.sensor(name: "battery", field: "volt", isAbove: true, level: 11.5)
    #expect(sync.gate == gate)
  }

  @Test func `defaults`() throws {
    let sync = try #require(try parse("uplink = \"cloudevents:https://e.example/in\""))
    #expect(sync.intervalNanoseconds == 900_000_000_000)
    #expect(sync.registry == nil && sync.gate == nil && sync.budget == BudgetSettings())
    let folder = try #require(try parse("registry = \"dir:stick\""))
    #expect(folder.registry == .folder("/etc/edge/stick") && folder.models.isEmpty)
  }

  @Test(arguments: [
    ("", "[sync] lacks \"uplink\"; add uplink = \"cloudevents:https://...\", or a registry"),
    ("registry = \"ftp:x\"", "write \"mlflow:https://host\" or \"dir:/path\""),
    ("registry = \"mlflow:https://a b/\"", "write \"mlflow:https://host\" or \"dir:/path\""),
    ("registry = \"mlflow:https://a/\"", "[sync] lacks \"models\"; add models = [ { name"),
    (
      "uplink = \"https://e/\"",
      "write \"cloudevents:https://host/path\" or \"mlflow:https://host\""
    ),
    ("uplink = \"cloudevents:https://e/\"\nmodels = []", "goes only with a registry"),
    (
      "uplink = \"cloudevents:https://e/\"\nexperiment = \"x\"",
      "goes only with an uplink that is mlflow:"
    ),
    (
      "uplink = \"mlflow:https://e/\"\nevents = \"batch\"",
      "goes only with an uplink that is cloudevents:"
    ),
    ("uplink = \"cloudevents:https://e/\"\nevents = \"one\"", "structured"),
    ("registry = \"dir:/a\"\nevents = \"batch\"", "goes only with an uplink"),
    ("registry = \"dir:/a\"\nuplink_pin = \"x\"", "goes only with an uplink"),
    ("registry = \"dir:/a\"\nkey = \"/k\"", "goes only with a certificate"),
    ("registry = \"dir:/a\"\nproxy = \"https://p/\"", "write \"http://host:port\""),
    ("registry = \"dir:/a\"\nregistry_pin = \"abc\"", "goes only with a registry that is mlflow:"),
    (
      "uplink = \"cloudevents:https://e/\"\nuplink_pin = \"abc\"",
      "the base 64 of a public key's SHA-256"
    ),
    ("registry = \"dir:/a\"\ncertificate = \"credential:../x\"", "\"credential:NAME\""),
    ("registry = \"dir:/a\"\nmodels = [ { alias = \"x\" } ]", "models lacks \"name\""),
    (
      "registry = \"dir:/a\"\nmodels = [ { name = \"x\" }, { name = \"x\" } ]",
      "name \"x\" in models is already at"
    ),
    ("registry = \"dir:/a\"\ninterval = \"10ms\"", "write 1s to 168h"),
    (
      "registry = \"dir:/a\"\ngate = \"sensor:battery.volt over 3\"",
      "\"sensor:name.field above 1.5\""
    ),
    ("registry = \"dir:/a\"\ngate = \"sensor:batery.volt above 3\"", "did you mean \"battery\"?"),
    ("registry = \"dir:/a\"\ngate = \"sensor:battery.vol above 3\"", "did you mean \"volt\"?"),
    ("registry = \"dir:/a\"\nbytes_per_day = \"1KiB\"", "write 64KiB to"),
    ("registri = \"dir:/a\"\nuplink = \"cloudevents:https://e/\"", "did you mean \"registry\"?"),
  ])
  func `a mistake is told with its remedy`(text: String, words: String) {
    let told = message(text)
    #expect(told.contains(words), "\(told)")
    #expect(told.utf8.starts(with: "/etc/edge/edgeagent.toml:".utf8))
  }

  @Test func `an uplink needs a store`() {
    let source = ConfigurationSource(
      file: "a", bytes: Array("agent.id = \"a\"\nsync.uplink = \"cloudevents:https://e/\"".utf8))
    do throws(ConfigurationError) {
      _ = try Configuration.parse([source])
      #expect(Bool(false))
    } catch {
      #expect(error.messages.joined().contains("goes only with a [store], in which records wait"))
    }
  }

  @Test func `registries as a command line has them`() throws {
    #expect(try RegistrySettings("dir:/a:b") == .folder("/a:b"))
    #expect(
      try RegistrySettings("mlflow:https://h/p")
        == .mlflow(ServerSettings(url: URL("https://h/p"))))
    for bad in ["", "dir:", "mlflow:", "/a", "DIR:/a", "s3://b"] {
      #expect(throws: RegistryAddressError.address(bad)) { try RegistrySettings(bad) }
    }
    #expect(throws: RegistryAddressError.url("h", .scheme)) { try RegistrySettings("mlflow:h") }
    for text in ["dir:/a:b", "mlflow:https://h/p"] {
      #expect(try RegistrySettings(text).text == text)
    }
  }

  @Test func `uplinks as a command line has them`() throws {
    let server = ServerSettings(url: try URL("https://h/p"))
    #expect(try UplinkSettings("cloudevents:https://h/p") == .cloudEvents(server, .batch))
    #expect(
      try UplinkSettings("cloudevents:https://h/p", events: .binary)
        == .cloudEvents(server, .binary))
    #expect(
      try UplinkSettings("mlflow:https://h/p") == .mlflow(server, experiment: "edgeagent"))
    #expect(
      try UplinkSettings("mlflow:https://h/p", experiment: "a b").text
        == "mlflow:https://h/p a b")
    for bad in ["", "mlflow", "/a", "MLflow:https://h", "dir:/a"] {
      #expect(throws: UplinkError.address(bad)) { try UplinkSettings(bad) }
    }
    for scheme in ["cloudevents", "mlflow"] {
      #expect(throws: UplinkError.url("h", .scheme)) { try UplinkSettings("\(scheme):h") }
      #expect(throws: UplinkError.url("", .scheme)) { try UplinkSettings("\(scheme):") }
    }
  }
}
