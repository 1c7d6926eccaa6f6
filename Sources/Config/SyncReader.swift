import SensorIO
import Text

/// Reads `[sync]` into `SyncSettings`.
extension ConfigurationReader {
  private static let syncKeys = [
    "registry", "registry_headers", "registry_pin", "models", "uplink", "uplink_headers",
    "uplink_pin", "experiment", "events", "interval", "trust", "state", "ca", "certificate", "key",
    "proxy",
    "proxy_password", "bytes_per_day", "attempts_per_day", "recordings", "gate",
  ]

  /// Nil only when a fault was noted.
  ///
  /// - Parameters:
  ///   - agentState: the core's folder for its files.
  ///   - hasStore: true if there is an outbox, in which the records to be sent wait.
  ///   - sensors: for the sensor that the gate names; nil if the sensors cannot be read.
  func sync(
    _ table: TOMLTable, agentState: String, hasStore: Bool, sensors: [SensorSettings]?
  ) -> SyncSettings? {
    let sync = TableReader(table, .sync, known: Self.syncKeys, faults: faults)
    var settings = SyncSettings(place: sync.place)
    let written = path(
      sync, sync.optional("state"), bytesMax: ConfigurationLimits.pathBytesMax)
    let isPackaged = agentState.utf8.elementsEqual(AgentSettings.packagedState.utf8)
    settings.state = written ?? (isPackaged ? SyncSettings.packagedState : nil)
    settings.registry = registry(sync)
    settings.uplink = uplink(sync)
    settings.models = wantedModels(sync)
    settings.network = network(sync)
    settings.gate = gate(sync, sensors)
    let interval = sync.duration(
      sync.optional("interval"), in: ConfigurationLimits.intervalNanoseconds)
    if let interval { settings.intervalNanoseconds = interval }
    let range = ConfigurationLimits.bytesPerDay
    settings.budget.bytesPerDay = sync.parsed(sync.optional("bytes_per_day"), .memory(range)) {
      MemoryText.bytes($0).flatMap { range.contains($0) ? Int64($0) : nil }
    }
    settings.budget.attemptsPerDay = sync.integer(
      sync.optional("attempts_per_day"), in: ConfigurationLimits.attemptsPerDay
    ).map { Int64($0) }
    let sizes = ConfigurationLimits.recordingBytesPerDay
    let recordings = sync.parsed(sync.optional("recordings"), .memory(sizes)) {
      MemoryText.bytes($0).flatMap { sizes.contains($0) ? Int64($0) : nil }
    }
    if let recordings { settings.recordingBytesPerDay = recordings }
    checkCompany(sync, settings, hasStore: hasStore)
    return settings
  }

  /// Notes keys that have no meaning without another key.
  private func checkCompany(_ sync: TableReader, _ settings: SyncSettings, hasStore: Bool) {
    func needs(_ keys: [String], _ context: ConfigurationContext, unless isMet: Bool) {
      if !isMet { sync.noteNotApplicable(keys, context) }
    }
    let hasRegistry = sync.optional("registry") != nil
    let hasUplink = sync.optional("uplink") != nil
    if !hasRegistry && !hasUplink { _ = sync.required("uplink") }
    needs(["models"], .registry, unless: hasRegistry)
    if case .mlflow = settings.registry {
    } else if settings.registry != nil || !hasRegistry {
      needs(["registry_headers", "registry_pin"], .mlflowRegistry, unless: false)
    }
    needs(["uplink_headers", "uplink_pin", "recordings", "events"], .uplink, unless: hasUplink)
    needs(["uplink"], .store, unless: hasStore)
    needs(["key"], .certificate, unless: sync.optional("certificate") != nil)
    needs(["proxy_password"], .proxy, unless: sync.optional("proxy") != nil)
    if let uplink = settings.uplink {
      needs(["experiment"], .mlflowUplink, unless: uplink.isMLflow)
      needs(["events"], .cloudEventsUplink, unless: !uplink.isMLflow)
    }
    if case .mlflow = settings.registry, settings.models.isEmpty, sync.optional("models") == nil {
      _ = sync.required("models")
    }
  }

  // MARK: servers

  private func registry(_ sync: TableReader) -> RegistrySettings? {
    sync.parsed(sync.optional("registry"), .registry) { text -> RegistrySettings? in
      switch try? RegistrySettings(text) {
      case .folder(let path)?:
        return resolved(path, bytesMax: ConfigurationLimits.pathBytesMax).map { .folder($0) }
      case .mlflow(let server)?: return .mlflow(secured(server, sync, "registry"))
      case nil: return nil
      }
    }
  }

  private func uplink(_ sync: TableReader) -> UplinkSettings? {
    let experiment =
      sync.text(
        sync.optional("experiment"), .text(bytes: 1...ConfigurationLimits.nameBytesMax))
      ?? UplinkSettings.experimentDefault
    let modes = EventsMode.allCases.map { ($0.rawValue, $0) }
    let events = sync.optional("events").flatMap { sync.choice($0, modes) } ?? .batch
    var uplink = sync.parsed(sync.optional("uplink"), .uplink) {
      try? UplinkSettings($0, experiment: experiment, events: events)
    }
    if let server = uplink?.server { uplink?.server = secured(server, sync, "uplink") }
    return uplink
  }

  /// Adds the keys that are only for this server.
  private func secured(
    _ server: ServerSettings, _ sync: TableReader, _ name: String
  ) -> ServerSettings {
    var server = server
    server.headers = secret(sync, "\(name)_headers")
    server.pin = sync.parsed(sync.optional("\(name)_pin"), .pin) { Digest(base64: $0) }
    return server
  }

  private func network(_ sync: TableReader) -> NetworkSettings {
    var network = NetworkSettings()
    network.authorities = path(
      sync, sync.optional("ca"), bytesMax: ConfigurationLimits.pathBytesMax)
    network.certificate = secret(sync, "certificate")
    network.key = secret(sync, "key")
    network.proxy = sync.parsed(sync.optional("proxy"), .proxy) { text in
      guard let url = try? URL(text), url.scheme == .http else { return nil }
      return url
    }
    network.proxyPassword = secret(sync, "proxy_password")
    return network
  }

  private func secret(_ sync: TableReader, _ key: String) -> SecretFile? {
    sync.parsed(sync.optional(key), .secret, secret)
  }

  func secret(_ text: String) -> SecretFile? {
    if case ("credential", let name?) = ConfigurationText.split(text, at: ":") {
      return ConfigurationText.isDottedName(name) ? .credential(name) : nil
    }
    // `Authorization: Bearer …` and `user:password` are what the file should hold. Taken for a
    // path, they would be repeated by every message about the missing file.
    let isPlainlyPath = text.utf8.first == UInt8(ascii: "/") || text.utf8.first == UInt8(ascii: ".")
    if !isPlainlyPath, text.utf8.contains(UInt8(ascii: ":")) { return nil }
    return resolved(text, bytesMax: ConfigurationLimits.pathBytesMax).map { .path($0) }
  }

  // MARK: models and the gate

  private func wantedModels(_ sync: TableReader) -> [WantedModel] {
    let counts = 0...ConfigurationLimits.pipelinesMax
    guard let elements = sync.elements(sync.optional("models"), counts) else { return [] }
    var names: [(text: String, place: SourcePlace)] = []
    let models = elements.compactMap { element -> WantedModel? in
      guard let table = sync.subtable(element) else { return nil }
      let reader = TableReader(table, .wantedModel, known: ["name", "alias"], faults: faults)
      let alias = reader.text(reader.optional("alias"), .dottedName)
      guard let name = reader.text(reader.required("name"), .dottedName) else { return nil }
      names.append((name, reader.place(of: "name")))
      return WantedModel(name: name, alias: alias)
    }
    faults.noteDuplicates("name", in: .wantedModel, names)
    return models
  }

  private func gate(_ sync: TableReader, _ sensors: [SensorSettings]?) -> GateSettings? {
    let gate = sync.parsed(sync.optional("gate"), .gate) { text -> GateSettings? in
      switch ConfigurationText.split(text, at: ":") {
      case ("exec", let path?):
        return resolved(path, bytesMax: ConfigurationLimits.pathBytesMax).map {
          .program(path: $0)
        }
      case ("sensor", let condition?): return Self.condition(condition)
      default: return nil
      }
    }
    guard case .sensor(let name, let field, _, _) = gate, let sensors else { return gate }
    let place = sync.place(of: "gate")
    guard let sensor = sensors.first(where: { $0.name == name }) else {
      let kind = ConfigurationFaultKind.undefined(
        key: "gate", in: .sync, found: name, what: .sensor, known: sensors.map { $0.name })
      faults.note(kind, at: place)
      return gate
    }
    let fields = sensor.fields.map { $0.name }
    if !fields.contains(bytesOf: field) {
      faults.note(
        .undefined(key: "gate", in: .sync, found: field, what: .field, known: fields), at: place)
    }
    return gate
  }

  /// Reads `battery.voltage above 11.8`.
  private static func condition(_ text: String) -> GateSettings? {
    let words = text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
      .map { String(decoding: Array($0), as: UTF8.self) }
    guard words.count == 3, words[1] == "above" || words[1] == "below" else { return nil }
    let (sensor, field) = ConfigurationText.split(words[0], at: ".")
    let level = Array(words[2].utf8).withUnsafeBytes { DecimalNumber.parse($0) }
    guard ConfigurationText.isName(sensor), let field, ConfigurationText.isName(field), let level
    else { return nil }
    return .sensor(name: sensor, field: field, isAbove: words[1] == "above", level: level)
  }
}
