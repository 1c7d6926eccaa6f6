/// `[[pipeline]]` → `PipelineSettings`
extension ConfigurationReader {
  /// Nil only with a fault noted.
  func pipeline(_ table: TOMLTable, sensorNames: [String]?) -> PipelineSettings? {
    let pipeline = TableReader(
      table, .pipeline, known: ["name", "sensor", "model", "deadline", "stride", "report"],
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
    let report = pipeline.parsed(pipeline.optional("report"), .report) { ReportPolicy($0) }
    guard let name, let sensor, let model else { return nil }
    var settings = PipelineSettings(
      name: name, sensor: sensor, model: model, stride: stride, place: pipeline.place,
      sensorPlace: pipeline.place(of: "sensor"), modelPlace: pipeline.place(of: "model"),
      deadlinePlace: pipeline.place(of: "deadline"), stridePlace: pipeline.place(of: "stride"))
    if let deadline { settings.deadlineNanoseconds = deadline }
    if let report { settings.report = report }
    return settings
  }

  /// `"fall"` or `"fall/1"`
  private static func modelReference(_ text: String) -> ModelReference? {
    let (name, version) = ConfigurationText.split(text, at: "/")
    guard ConfigurationText.isDottedName(name),
      version.map(ConfigurationText.isDottedName) ?? true
    else { return nil }
    return ModelReference(name: name, version: version)
  }
}
