import SensorIO
import Text

/// Reads each `[[sensor]]`, and after those with a port the ones that join them.
extension ConfigurationReader {
  static let joinKeys = ["join", "fresh"]
  /// What a joined sensor may have beside them.
  private static let keysBesideJoin = ["name", "stale_after", "dead_man"]

  /// All sensors in the order in which they were written, but those with faults.
  ///
  /// - Parameter names: of all sensors; nil where one could not be read.
  func sensors(_ tables: [TOMLTable], names: [String]?) -> [SensorSettings] {
    let single = tables.map { Self.isJoined($0) ? nil : sensor($0) }
    let joinedNames = tables.filter(Self.isJoined).compactMap { $0.entry("name")?.placedText?.text }
    let sources = single.compactMap { $0 }
    return zip(tables, single).compactMap { table, settings in
      guard Self.isJoined(table) else { return settings }
      return joined(table, of: sources, joinedNames: joinedNames, names: names)
    }
  }

  private static func isJoined(_ table: TOMLTable) -> Bool { table.entry("join") != nil }

  /// Nil only when a fault was noted.
  private func joined(
    _ table: TOMLTable, of sensors: [SensorSettings], joinedNames: [String], names: [String]?
  ) -> SensorSettings? {
    let sensor = TableReader(table, .sensor, known: Self.sensorKeys, faults: faults)
    for key in Self.sensorKeys where !(Self.joinKeys + Self.keysBesideJoin).contains(key) {
      guard let entry = sensor.optional(key) else { continue }
      faults.note(.exclusive(keys: ["join", key], in: .sensor), at: entry.place)
    }
    let name = sensor.text(sensor.required("name"), .name)
    let fresh = sensor.duration(
      sensor.required("fresh"), in: ConfigurationLimits.freshNanoseconds)
    let staleAfter = sensor.duration(
      sensor.optional("stale_after"), in: ConfigurationLimits.staleAfterNanoseconds)
    let watches = sensor.boolean(sensor.optional("dead_man"))
    guard
      let sources = self.sources(
        of: sensor, among: sensors, joinedNames: joinedNames, names: names),
      let name, let fresh
    else { return nil }
    checkFreshness(sensor, fresh, of: sources)
    guard let fields = self.fields(of: sources, at: sensor.place(of: "join")) else { return nil }
    var settings = SensorSettings(
      name: name, port: sources[0].port, fields: fields, rateHertz: sources[0].rateHertz,
      place: sensor.place, portPlace: sensor.place(of: "join"),
      fieldsPlace: sensor.place(of: "join"),
      fieldPlaces: fields.map { _ in sensor.place(of: "join") },
      ratePlace: sensor.place(of: "join"))
    settings.join = JoinSettings(sensors: sources.map { $0.name }, freshNanoseconds: fresh)
    settings.staleAfterNanoseconds = staleAfter ?? settings.defaultStaleAfterNanoseconds
    if let watches { settings.hasDeadMan = watches }
    checkAge(of: settings, at: sensor.place(of: "stale_after"))
    return settings
  }

  /// The sensors that `join` names; nil when one is not there. Only sensors with a port may be
  /// named, so no sensor can need itself.
  private func sources(
    of sensor: TableReader, among sensors: [SensorSettings], joinedNames: [String],
    names: [String]?
  ) -> [SensorSettings]? {
    let counts = 2...ConfigurationLimits.sensorsMax
    guard let elements = sensor.elements(sensor.optional("join"), counts) else { return nil }
    faults.noteDuplicates("join", in: .sensor, elements.compactMap { $0.placedText })
    var sources: [SensorSettings] = []
    for element in elements {
      guard let text = sensor.text(element, .name) else { continue }
      if let source = sensors.first(where: { $0.name == text }) {
        sources.append(source)
      } else if joinedNames.contains(bytesOf: text) {
        faults.note(.joinOfJoin(text), at: element.place)
      } else if let names, !names.contains(bytesOf: text) {
        faults.note(
          .undefined(key: "join", in: .sensor, found: text, what: .sensor, known: names),
          at: element.place)
      }
    }
    return sources.count == elements.count ? sources : nil
  }

  /// A bound below the time between two samples would leave gaps between any two of them.
  private func checkFreshness(_ sensor: TableReader, _ fresh: Int64, of sources: [SensorSettings]) {
    let period = sources.dropFirst().map { $0.periodNanoseconds }.max() ?? 0
    guard fresh < period else { return }
    faults.note(
      .tooShort(
        key: "fresh", in: .sensor, nanoseconds: fresh, minimum: period, .samplePeriod),
      at: sensor.place(of: "fresh"))
  }

  /// Those of all sources, with their names and units: what they count as is already settled.
  private func fields(of sources: [SensorSettings], at place: SourcePlace) -> [FieldSettings]? {
    var fields: [FieldSettings] = []
    for source in sources {
      for field in source.fields {
        if fields.contains(where: { $0.name == field.name }) {
          let first = sources.first { $0.fields.contains { $0.name == field.name } }!
          faults.note(.joinedTwice(field.name, [first.name, source.name]), at: place)
          return nil
        }
        fields.append(FieldSettings(name: field.name, unit: field.unit))
      }
    }
    guard fields.count > ConfigurationLimits.fieldsMax else { return fields }
    faults.note(.joinedTooWide(fields: fields.count), at: place)
    return nil
  }
}
