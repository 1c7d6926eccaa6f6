import Config
import Text

extension ModelManifest {
  /// Checks the bytes of a bundle's `model.toml`.
  ///
  /// - Throws: every fault. A file in another format, or for a newer agent, may have keys that this
  ///   agent does not know. Then this throws only that fault.
  static func parse(_ source: ConfigurationSource) throws(ConfigurationError) -> ModelManifest {
    let reader = ModelManifestReader()
    let manifest = reader.manifest(source)
    guard reader.faults.faults.isEmpty, let manifest else {
      throw ConfigurationError(reader.faults.faults)
    }
    return manifest
  }
}

/// Makes a `ModelManifest` of the tables in `model.toml`, and notes every fault.
private struct ModelManifestReader {
  private static let keys = [
    "format", "name", "version", "licence", "minimum_agent", "summary", "input", "preprocess",
    "output", "limits",
  ]

  let faults = FaultList()

  /// Nil only when this noted a fault.
  func manifest(_ source: ConfigurationSource) -> ModelManifest? {
    let document: TOMLTable
    do throws(TOMLError) {
      document = try TOMLReader.read(source.bytes, file: source.file)
    } catch {
      faults.note(.syntax(error.kind), at: error.place)
      return nil
    }
    guard let minimum = minimumAgent(document) else { return nil }
    let root = TableReader(document, .root, known: Self.keys, faults: faults)
    let name = root.text(root.required("name"), .dottedName)
    let version = root.text(root.required("version"), .dottedName)
    let textBytes = 1...ConfigurationLimits.textBytesMax
    let licence = root.text(root.required("licence"), .text(bytes: textBytes))
    let summary = root.text(root.required("summary"), .text(bytes: textBytes))
    let input = root.subtable(root.required("input")).flatMap(input)
    let scaling = scaling(root, featureCount: input?.features.count)
    let output = root.subtable(root.required("output")).flatMap(output)
    let limits = root.subtable(root.optional("limits")).map(limits)
    guard let name, let version, let licence, let summary, let input, let output else {
      return nil
    }
    return ModelManifest(
      name: name, version: version, licence: licence, minimumAgent: minimum, summary: summary,
      rateHertz: input.rateHertz, window: input.window, stride: input.stride,
      features: input.features, scaling: scaling, labels: output.labels,
      reconstructs: output.reconstructs, limits: limits ?? BundleClaims(),
      featurePlaces: input.featurePlaces, windowPlace: input.windowPlace,
      labelsPlace: output.labelsPlace)
  }

  /// Nil when this agent must not read the other keys.
  private func minimumAgent(_ document: TOMLTable) -> SemanticVersion? {
    let silent = TableReader(
      document, .root, known: document.entries.map { $0.key }, faults: faults)
    let format = silent.value(silent.required("format"), .oneOfIntegers([1])) { content in
      guard case .integer(1) = content else { return nil as Int? }
      return 1
    }
    let entry = silent.required("minimum_agent")
    let minimum = silent.parsed(entry, .version) { SemanticVersion($0) }
    guard format != nil, let entry, let minimum else { return nil }
    guard minimum <= .agent else {
      faults.note(.agentTooOld(minimum: minimum, agent: .agent), at: entry.value.place)
      return nil
    }
    return minimum
  }

  // MARK: Input

  private struct Input {
    var rateHertz: Double
    var window: Int
    var stride: Int
    var features: [ModelFeature]
    var featurePlaces: [SourcePlace]
    var windowPlace: SourcePlace
  }

  private func input(_ table: TOMLTable) -> Input? {
    let input = TableReader(
      table, .input, known: ["rate", "window", "stride", "features"], faults: faults)
    let rate = input.number(
      input.required("rate"), .number(ConfigurationLimits.rateHertz))
    let windowMax = ConfigurationLimits.windowMax
    let window = input.integer(input.required("window"), in: 1...windowMax)
    let stride = input.integer(input.required("stride"), in: 1...(window ?? windowMax))
    let counts = 1...ConfigurationLimits.featuresMax
    guard let elements = input.elements(input.required("features"), counts) else { return nil }
    let tables = elements.compactMap(input.subtable)
    let features = tables.compactMap(feature)
    faults.noteDuplicates("name", in: .feature, tables.compactMap { $0.entry("name")?.placedText })
    guard let rate, let window, let stride, features.count == elements.count else { return nil }
    return Input(
      rateHertz: rate, window: window, stride: stride, features: features,
      featurePlaces: tables.map { $0.place }, windowPlace: input.place(of: "window"))
  }

  private func feature(_ table: TOMLTable) -> ModelFeature? {
    let feature = TableReader(table, .feature, known: ["name", "unit"], faults: faults)
    let bytesMax = ConfigurationLimits.nameBytesMax
    let name = feature.text(feature.required("name"), .text(bytes: 1...bytesMax))
    let unit = feature.text(feature.optional("unit"), .text(bytes: 0...bytesMax))
    return name.map { ModelFeature(name: $0, unit: unit ?? "") }
  }

  // MARK: Preprocessing and output

  /// Nil where there is none, or a wrong one. Without the number of features, this checks only the
  /// limits of the counts.
  private func scaling(_ root: TableReader, featureCount: Int?) -> ModelScaling? {
    guard let table = root.subtables("preprocess", max: 1)?.first else { return nil }
    let step = TableReader(
      table, .preprocess, known: ["step", "offset", "divide", "lower", "upper"], faults: faults)
    _ = step.choice(step.required("step"), [("scale", true)])
    let offset = numbers(step, "offset", .finiteNumber, featureCount)
    let divide = numbers(step, "divide", .nonZeroNumber, featureCount)
    let lower = step.number(step.required("lower"), .finiteNumber)
    let upper = step.number(
      step.required("upper"), lower.map { .numberAbove($0) } ?? .finiteNumber)
    guard let offset, let divide, let lower, let upper else { return nil }
    return ModelScaling(offset: offset, divide: divide, lower: lower, upper: upper)
  }

  private func numbers(
    _ step: TableReader, _ key: String, _ expected: ExpectedValue, _ count: Int?
  ) -> [Double]? {
    let counts = count.map { $0...$0 } ?? 1...ConfigurationLimits.featuresMax
    return step.elements(step.required(key), counts)?.compactMap { step.number($0, expected) }
  }

  private struct Output {
    var labels: [String]
    var reconstructs: Bool
    var labelsPlace: SourcePlace
  }

  private func output(_ table: TOMLTable) -> Output? {
    let output = TableReader(table, .output, known: ["labels", "kind"], faults: faults)
    let kinds = [("scores", false), ("reconstruction", true)]
    if output.choice(output.optional("kind"), kinds) == true {
      output.noteNotApplicable(["labels"], .scores)
      return Output(labels: ["anomaly"], reconstructs: true, labelsPlace: output.place(of: "kind"))
    }
    let counts = 1...ConfigurationLimits.labelsMax
    guard let elements = output.elements(output.required("labels"), counts) else { return nil }
    let bytes = 1...ConfigurationLimits.nameBytesMax
    let labels = elements.compactMap { output.text($0, .text(bytes: bytes)) }
    faults.noteDuplicates("labels", in: .output, elements.compactMap { $0.placedText })
    return Output(labels: labels, reconstructs: false, labelsPlace: output.place(of: "labels"))
  }

  // MARK: Limits

  private func limits(_ table: TOMLTable) -> BundleClaims {
    let limits = TableReader(table, .limits, known: ["arena", "inference"], faults: faults)
    let range = ConfigurationLimits.arenaBytes
    let inference = limits.duration(
      limits.optional("inference"), in: ConfigurationLimits.deadlineNanoseconds)
    return BundleClaims(
      arenaBytesMax: limits.parsed(limits.optional("arena"), .memory(range)) { text in
        MemoryText.bytes(text).flatMap { range.contains($0) ? $0 : nil }
      },
      inference: inference.map {
        BundleClaims.TimeClaim(nanosecondsMax: $0, place: limits.place(of: "inference"))
      })
  }
}
