import Text

extension Configuration {
  /// Reads and checks the main file and its drop-ins.
  @export(interface)
  package static func load(_ path: String) throws(ConfigurationError) -> Configuration {
    try parse(try ConfigurationFiles.read(path))
  }

  /// Checks the files that were read; makes no system call.
  ///
  /// - Parameter sources: the main file, then its drop-ins. Their tables are merged key by key, and
  ///   the last value wins; their `[[tables]]` are appended.
  /// - Throws: all faults; but if the TOML of a file is malformed, only the faults of the TOML.
  @export(interface)
  package static func parse(_ sources: [ConfigurationSource]) throws(ConfigurationError)
    -> Configuration
  {
    precondition(!sources.isEmpty)
    let reader = ConfigurationReader(mainFile: sources[0].file)
    let documents = sources.compactMap(reader.document)
    var configuration: Configuration?
    if reader.faults.faults.isEmpty {
      for document in documents.dropFirst() { documents[0].merge(document) }
      configuration = reader.configuration(documents[0])
    }
    guard reader.faults.faults.isEmpty, let configuration else {
      throw ConfigurationError(reader.faults.faults, files: sources.map { $0.file })
    }
    return configuration
  }
}

/// Turns TOML into settings. The larger tables have separate files: `SensorReader`,
/// `PipelineReader`, `AlertReader`, `SyncReader`.
struct ConfigurationReader {
  let mainFile: String
  let faults = FaultList()

  func document(_ source: ConfigurationSource) -> TOMLTable? {
    do throws(TOMLError) {
      return try TOMLReader.read(source.bytes, file: source.file)
    } catch {
      faults.note(.syntax(error.kind), at: error.place)
      return nil
    }
  }

  /// Nil only when a fault was noted.
  func configuration(_ document: TOMLTable) -> Configuration? {
    let root = TableReader(
      document, .root,
      known: [
        "agent", "events", "control", "store", "black_box", "sync", "sensor", "pipeline",
        "condition", "alert",
        "output",
      ], faults: faults)
    let agentTable = root.subtable(root.optional("agent"))
    let agent = agentTable.flatMap(agent) ?? AgentSettings(ofHostAt: root.place)
    let events = root.subtable(root.optional("events")).map(events)
    let control = root.subtable(root.optional("control")).map(control)
    let storeTable = root.subtable(root.optional("store"))
    let store = storeTable.map { self.store($0, state: agent.state) }
    let blackBox = root.subtable(root.optional("black_box")).map {
      self.blackBox($0, hasStore: storeTable != nil)
    }
    let sensorTables = root.subtables("sensor", max: ConfigurationLimits.sensorsMax)
    let pipelineTables = root.subtables("pipeline", max: ConfigurationLimits.pipelinesMax)
    let conditionTables = root.subtables("condition", max: ConfigurationLimits.conditionsMax)
    let alertTables = root.subtables("alert", max: ConfigurationLimits.alertsMax)
    let outputTables = root.subtables("output", max: ConfigurationLimits.namedOutputsMax)
    let sensorNames = names(of: sensorTables, .sensor)
    let pipelineNames = names(of: pipelineTables, .pipeline)
    // An alert's own condition has the alert's name, so these names are of one kind.
    let alertNames = names(of: alertTables, .alert)
    _ = names(of: conditionTables, .condition)
    noteSharedNames(of: conditionTables, and: alertTables)
    let outputNames = names(of: outputTables, .output_)

    let sensors = withSharedLines(self.sensors(sensorTables ?? [], names: sensorNames))
    let pipelines = (pipelineTables ?? []).compactMap { pipeline($0, sensorNames: sensorNames) }
    let hasAllSensors = sensorNames != nil && sensors.count == sensorNames?.count
    let names = DefinedNames(
      sensors: sensorNames, pipelines: pipelineNames,
      sensorSettings: hasAllSensors ? sensors : nil, hasStore: storeTable != nil)
    let conditions = (conditionTables ?? []).compactMap { namedCondition($0, names) }
    let alerts = (alertTables ?? []).compactMap { alert($0, names) }
    let outputs = (outputTables ?? []).compactMap { output($0, agent: agent.id) }
    let isWhole =
      conditions.count == conditionTables?.count && alerts.count == alertTables?.count
      && alertNames != nil
    let syncTable = root.subtable(root.optional("sync"))
    let trust = trust(agent: agentTable, sync: syncTable, place: root.place)
    let sync = syncTable.flatMap {
      self.sync(
        $0, agentState: agent.state, hasStore: storeTable != nil,
        sensors: hasAllSensors ? sensors : nil)
    }
    let eventSettings = events ?? EventSettings(place: root.place, socketPlace: root.place)
    let controlSettings = control ?? ControlSettings(place: root.place, socketPlace: root.place)
    var devices = DeviceClaims(faults: faults)
    devices.claim(eventSettings, controlSettings)
    let ported = sensors.filter { $0.join == nil }
    devices.claim(ported)
    checkWires(of: ported)
    for output in outputs { devices.claim(output) }
    // A name that could not be read would make others undefined.
    let linker =
      isWhole
      ? AlertLinker(
        conditions: conditions, alerts: alerts, outputs: outputs,
        outputNames: outputs.count == outputTables?.count ? outputNames : nil, devices: devices,
        faults: faults)
      : nil
    guard let linker else { return nil }
    var configuration = Configuration(
      agent: agent, events: eventSettings, control: controlSettings, store: store, sync: sync,
      sensors: sensors, pipelines: pipelines, conditions: linker.conditions,
      alerts: linker.alerts, outputs: linker.outputs)
    configuration.trust = trust
    if let blackBox { configuration.blackBox = blackBox }
    configuration.addDeadManAlerts()
    return configuration
  }

  /// The names in those tables, for the check of references. Nil if any name cannot be read,
  /// because then it is unknown which names are undefined. This comes before the rest is read, so
  /// that another fault in a table does not make its name undefined. A repeated name is noted as a
  /// fault.
  private func names(of tables: [TOMLTable]?, _ kind: ConfigurationTable) -> [String]? {
    guard let tables else { return nil }
    let names = tables.compactMap {
      kind == .alert ? Self.placedName(ofAlert: $0) : $0.entry("name")?.placedText
    }
    faults.noteDuplicates("name", in: kind, names)
    let isComplete =
      names.count == tables.count && names.allSatisfy { ConfigurationText.isName($0.text) }
    return isComplete ? names.map { $0.text } : nil
  }

  /// Notes each alert that has the name of a condition.
  private func noteSharedNames(of conditions: [TOMLTable]?, and alerts: [TOMLTable]?) {
    for alert in alerts ?? [] {
      guard let name = Self.placedName(ofAlert: alert) else { continue }
      for condition in conditions ?? [] {
        guard let first = condition.entry("name")?.placedText,
          first.text.utf8.elementsEqual(name.text.utf8)
        else { continue }
        faults.note(
          .duplicate(key: "name", in: .alert, found: name.text, first: first.place),
          at: name.place)
      }
    }
  }

  func agent(_ table: TOMLTable) -> AgentSettings? {
    let agent = TableReader(
      table, .agent, known: ["id", "models", "state", "memory", "cpu", "trust"], faults: faults)
    let id =
      agent.optional("id").map { agent.text($0, .dottedName) } ?? AgentSettings.hostIdentifier
    let models = path(agent, agent.optional("models"), bytesMax: ConfigurationLimits.pathBytesMax)
    let state = path(agent, agent.optional("state"), bytesMax: ConfigurationLimits.pathBytesMax)
    let range = ConfigurationLimits.memoryBytes
    let memory = agent.parsed(agent.optional("memory"), .memory(range)) { text in
      MemoryText.bytes(text).flatMap { range.contains($0) ? $0 : nil }
    }
    let processor = agent.integer(agent.optional("cpu"), in: ConfigurationLimits.processors)
    guard let id else { return nil }
    var settings = AgentSettings(
      id: id, place: agent.place, modelsPlace: agent.place(of: "models"),
      memoryPlace: agent.place(of: "memory"), processorPlace: agent.place(of: "cpu"))
    settings.processor = processor
    if let models { settings.models = models }
    if let state { settings.state = state }
    if let memory { settings.memoryBytesMax = memory }
    return settings
  }

  func store(_ table: TOMLTable, state: String) -> StoreSettings {
    let store = TableReader(table, .store, known: ["path", "size", "keep"], faults: faults)
    let path = path(store, store.optional("path"), bytesMax: ConfigurationLimits.pathBytesMax)
    let range = ConfigurationLimits.storeBytes
    let size = store.parsed(store.optional("size"), .memory(range)) { text in
      MemoryText.bytes(text).flatMap { range.contains($0) ? $0 : nil }
    }
    let keep = store.duration(store.optional("keep"), in: ConfigurationLimits.keepNanoseconds)
    return StoreSettings(
      path: path ?? "\(state)/outbox.db", bytesMax: size ?? ConfigurationLimits.storeBytesDefault,
      keepSeconds: (keep ?? 0) / 1_000_000_000, place: store.place)
  }

  func events(_ table: TOMLTable) -> EventSettings {
    let events = TableReader(table, .events, known: ["socket", "publish"], faults: faults)
    var settings = EventSettings(place: events.place, socketPlace: events.place(of: "socket"))
    let bytesMax = ConfigurationLimits.socketPathBytesMax
    if let socket = path(events, events.optional("socket"), bytesMax: bytesMax) {
      settings.socket = socket
    }
    if let elements = events.elements(events.optional("publish"), 0...3) {
      let kinds: [(String, EventKinds)] = [
        ("alerts", .alerts), ("scores", .scores), ("samples", .samples),
      ]
      settings.publish = []
      for element in elements {
        settings.publish.formUnion(events.choice(element, kinds) ?? [])
      }
      faults.noteDuplicates("publish", in: .events, elements.compactMap { $0.placedText })
    }
    return settings
  }

  /// A path; a relative one begins in the main file's folder. `bytesMax` counts the whole path.
  func path(_ table: TableReader, _ entry: TOMLEntry?, bytesMax: Int) -> String? {
    table.parsed(entry, .path(bytesMax: bytesMax)) { text in
      resolved(text, bytesMax: bytesMax)
    }
  }

  func resolved(_ text: String, bytesMax: Int) -> String? {
    guard !text.isEmpty else { return nil }
    let path = ConfigurationText.pathBeside(mainFile, text)
    return ConfigurationText.isPath(path, bytesMax: bytesMax) ? path : nil
  }
}

extension TOMLTable {
  /// Adds a later file's entries: it merges tables, appends arrays of tables, and replaces all
  /// other values.
  func merge(_ later: TOMLTable) {
    for new in later.entries {
      guard let index = index(of: new.key) else {
        append(new)
        continue
      }
      switch (entries[index].value.content, new.value.content) {
      case (.table(let table), .table(let newTable)): table.merge(newTable)
      case (.array(let array), .array(let newArray)) where array.isOfTables && newArray.isOfTables:
        for element in newArray.elements { array.append(element) }
      default: replace(at: index, with: new)
      }
    }
  }
}
