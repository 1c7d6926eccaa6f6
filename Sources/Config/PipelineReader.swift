import Text

/// Reads `[[pipeline]]` into `PipelineSettings`.
extension ConfigurationReader {
  /// Nil only when a fault was noted.
  func pipeline(_ table: TOMLTable, sensorNames: [String]?) -> PipelineSettings? {
    let pipeline = TableReader(
      table, .pipeline,
      known: [
        "name", "sensor", "model", "deadline", "stride", "late", "report", "trial", "dead_man",
      ],
      faults: faults)
    let name = pipeline.text(pipeline.required("name"), .name)
    let sensor = pipeline.text(pipeline.required("sensor"), .name)
    if let sensor, let sensorNames, !sensorNames.contains(bytesOf: sensor) {
      let kind = ConfigurationFaultKind.undefined(
        key: "sensor", in: .pipeline, found: sensor, what: .sensor, known: sensorNames)
      faults.note(kind, at: pipeline.place(of: "sensor"))
    }
    let model = pipeline.parsed(pipeline.required("model"), .model, Self.modelReference)
    let deadline = pipeline.duration(
      pipeline.optional("deadline"), in: ConfigurationLimits.deadlineNanoseconds)
    let stride = pipeline.integer(
      pipeline.optional("stride"), in: 1...ConfigurationLimits.windowMax)
    let late = pipeline.choice(
      pipeline.optional("late"), [("newest", LateWindows.newest), ("all", .all)])
    let report = pipeline.parsed(pipeline.optional("report"), .report) { ReportPolicy($0) }
    let trial = pipeline.subtable(pipeline.optional("trial")).map(trial)
    guard let name, let sensor, let model else { return nil }
    var settings = PipelineSettings(
      name: name, sensor: sensor, model: model, stride: stride, place: pipeline.place,
      sensorPlace: pipeline.place(of: "sensor"), modelPlace: pipeline.place(of: "model"),
      deadlinePlace: pipeline.place(of: "deadline"), stridePlace: pipeline.place(of: "stride"))
    if let deadline { settings.deadlineNanoseconds = deadline }
    if let late { settings.lateWindows = late }
    if let report { settings.report = report }
    if let watches = pipeline.boolean(pipeline.optional("dead_man")) {
      settings.hasDeadMan = watches
    }
    if let trial { (settings.trial, settings.triesNewVersions) = (trial, true) }
    return settings
  }

  private func trial(_ table: TOMLTable) -> TrialSettings {
    let trial = TableReader(
      table, .trial, known: ["windows", "agreement", "latency", "time", "late", "always"],
      faults: faults)
    var settings = TrialSettings()
    if let windows = trial.integer(
      trial.optional("windows"), in: ConfigurationLimits.trialWindows)
    {
      settings.windows = Int64(windows)
    }
    if let agreement = trial.number(trial.optional("agreement"), .number(0...1)) {
      settings.agreement = agreement
    }
    settings.latencyNanoseconds = trial.duration(
      trial.optional("latency"), in: ConfigurationLimits.deadlineNanoseconds)
    if let time = trial.duration(
      trial.optional("time"), in: ConfigurationLimits.trialNanoseconds)
    {
      settings.timeNanoseconds = time
    }
    if let late = trial.number(trial.optional("late"), .number(0...1)) { settings.late = late }
    if let always = trial.boolean(trial.optional("always")) { settings.always = always }
    return settings
  }

  /// Reads `"fall"` or `"fall/1"`.
  private static func modelReference(_ text: String) -> ModelReference? {
    let (name, version) = ConfigurationText.split(text, at: "/")
    guard ConfigurationText.isDottedName(name),
      version.map(ConfigurationText.isDottedName) ?? true
    else { return nil }
    return ModelReference(name: name, version: version)
  }
}
