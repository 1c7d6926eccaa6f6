import SensorIO
import Text

/// Reads `[[sensor]]` into `SensorSettings`.
extension ConfigurationReader {
  static let sensorKeys =
    [
      "name", "preset", "fields", "rate", "prompt", "stale_after", "dead_man", "clock", "startup",
      "allow",
    ]
    + PortReader.keys
    + FramingReader.keys + DecodingReader.keys + joinKeys
  /// Whether the port has to be there at the start.
  private static let startups = [("wait", false), ("error", true)]

  /// Nil only when a fault was noted.
  func sensor(_ table: TOMLTable) -> SensorSettings? {
    let sensor = TableReader(table, .sensor, known: Self.sensorKeys, faults: faults)
    sensor.noteNotApplicable(["fresh"], .join)
    let name = sensor.text(sensor.required("name"), .name)
    var preset: DevicePreset?
    if let entry = sensor.optional("preset") {
      preset = sensor.choice(entry, DevicePreset.all.map { ($0.name, $0) })
      if preset == nil { return nil }
    }
    var port = PortReader(sensor: sensor, mainFile: mainFile, standard: preset?.line ?? .init())
      .port()
    let own: DecodingReader.Word? =
      switch port {
      case .sound?: .s16le
      case .iio?: .scan
      default: nil
      }
    if own == .scan {
      sensor.noteNotApplicable(["preset", "framing", "clock"], .portWithoutScans)
    }
    guard let wire = wire(sensor, preset, own: own) else { return nil }
    let rate = wire.modbus.map { 1e9 / Double($0.intervalNanoseconds) } ?? rate(sensor, preset)
    let staleAfter = sensor.duration(
      sensor.optional("stale_after"), in: ConfigurationLimits.staleAfterNanoseconds)
    let clock = sensor.optional("clock").map { self.clock(sensor, $0) }
    if case .iio(var settings)? = port {
      (settings.channels, settings.hertz) = (wire.channels, rate ?? 1)
      port = .iio(settings)
    }
    guard let name, let port, let rate, clock == nil || clock! != nil else { return nil }
    var settings = SensorSettings(
      name: name, port: port, framing: wire.framing, decoding: wire.decoding,
      fields: wire.fields.map { $0.settings }, rateHertz: rate, place: sensor.place,
      portPlace: sensor.place(of: "port"), fieldsPlace: sensor.place(of: "fields"),
      fieldPlaces: wire.fields.map { $0.place },
      ratePlace: sensor.place(
        of: wire.modbus != nil && sensor.optional("interval") != nil ? "interval" : "rate"))
    settings.clock = clock ?? nil
    if own == .scan { settings.clock = IIOSettings.clock(behind: wire.fields.count) }
    settings.can = wire.can
    settings.modbus = wire.modbus
    if settings.modbus != nil {
      sensor.noteNotApplicable(["clock"], .otherFramings)
      if !port.takesRequests {
        faults.note(.portTakesNoRequests, at: sensor.place(of: "port"))
      }
    }
    settings.prompt = prompt(sensor, preset, port, isAsked: settings.modbus != nil)
    if settings.rateHertz > promptsMost(of: settings), !settings.prompt.isEmpty {
      if sensor.optional("prompt") == nil {
        // A preset's device that sends so often does it by itself.
        settings.prompt = []
      } else {
        faults.note(
          .promptTooOften(hertz: settings.rateHertz, most: promptsMost(of: settings)),
          at: sensor.place(of: "prompt"))
      }
    }
    settings.written = WrittenTable(TOMLWriter.text(of: table))
    settings.staleAfterNanoseconds = staleAfter ?? settings.defaultStaleAfterNanoseconds
    if let watches = sensor.boolean(sensor.optional("dead_man")) { settings.hasDeadMan = watches }
    settings.needsPortAtStart = sensor.choice(sensor.optional("startup"), Self.startups) ?? false
    if port.takesManyProducers {
      settings.allowed = peers(sensor, "allow")
    } else {
      sensor.noteNotApplicable(["allow"], .listeningPort)
    }
    checkAge(of: settings, at: sensor.place(of: "stale_after"))
    return settings
  }

  /// What its device is told once in a period; none where it sends by itself.
  private func prompt(
    _ sensor: TableReader, _ preset: DevicePreset?, _ port: PortAddress, isAsked: Bool
  ) -> [UInt8] {
    if isAsked {
      sensor.noteNotApplicable(["prompt"], .otherFramings)
    } else if !port.takesRequests {
      sensor.noteNotApplicable(["prompt"], .requestPort)
    } else if let entry = sensor.optional("prompt") {
      return sensor.parsed(entry, .bytes, BytesText.parse)?.bytes ?? []
    } else if case .serial = port {
      // A program behind a socket knows its device.
      return preset?.prompt ?? []
    }
    return []
  }

  /// How often in a second a prompt may be written. A line carries a start and a stop bit with each
  /// byte, and needs as much for the answers.
  private func promptsMost(of sensor: SensorSettings) -> Double {
    let most = ConfigurationLimits.promptsPerSecond
    guard case .serial(_, let line) = sensor.port else { return most }
    return min(most, Double(line.baud) / Double(20 * max(1, sensor.prompt.count)))
  }

  private typealias Wire = (
    framing: FramingSettings, decoding: DecodingSettings, fields: [FieldReader.Placed],
    can: CANIdentifier?, modbus: ModbusSettings?, channels: [String]
  )

  /// Framing, decoding and fields; nil when a fault was noted.
  private func wire(
    _ sensor: TableReader, _ preset: DevicePreset?, own: DecodingReader.Word?
  ) -> Wire? {
    if let preset {
      for key in FramingReader.keys + DecodingReader.keys {
        guard sensor.optional(key) != nil else { continue }
        faults.note(
          .exclusive(keys: ["preset", key], in: .sensor), at: sensor.place(of: key))
        return nil
      }
      let reader = FieldReader(
        sensor: sensor, decoding: preset.word, known: preset.fields, faults: faults)
      return reader.fields().map { (preset.framing, preset.decoding, $0, nil, nil, []) }
    }
    guard let framingReader = FramingReader(sensor),
      let decodingReader = DecodingReader(sensor, framing: framingReader.word, own: own)
    else { return nil }
    let (framing, decoding) = (framingReader.settings(), decodingReader.settings())
    let modbus = framingReader.word == .modbus ? ModbusReader(sensor) : nil
    let fields = FieldReader(
      sensor: sensor, decoding: decodingReader.word, known: [], modbus: modbus, faults: faults
    ).fields()
    guard checkDecoding(sensor, decodingReader.word, framingReader.word), var framing,
      let decoding, let fields
    else { return nil }
    if let modbus {
      return modbus.settings(fields, rate: rate(sensor, nil)).map {
        ($0.image, decoding, $0.fields, nil, $0.settings, [])
      }
    }
    if decodingReader.word == .scan { return scans(decoding, fields) }
    if decodingReader.word == .s16le { framing = .packet(PacketSettings(length: .fixed(2))) }
    if framingReader.word != .can,
      let decoder = try? SampleDecoder(decoding, fields: fields.map { $0.settings })
    {
      framing = framing.narrowed(to: decoder.contentBytes)
    }
    if case .packet(let packet) = framing, let problem = packet.problem {
      faults.note(.packet(problem), at: sensor.place(of: "framing"))
      return nil
    }
    return (
      framing, decoding, fields,
      framingReader.word == .can ? framingReader.identifier() : nil, nil, []
    )
  }

  /// Frames as `ScanReader` makes them of whatever the device has: a field is a channel by its
  /// name, or by `channel`.
  private func scans(_ decoding: DecodingSettings, _ fields: [FieldReader.Placed]) -> Wire {
    var (fields, channels) = (fields, [String]())
    for index in fields.indices {
      if case .label(let channel)? = fields[index].settings.place {
        channels.append(channel)
      } else {
        channels.append(fields[index].settings.name)
      }
      (fields[index].settings.place, fields[index].settings.type) = (nil, .float64)
    }
    // A value each, and the time behind them.
    let bytes = 8 * (fields.count + 1)
    return (
      .packet(PacketSettings(length: .fixed(bytes), contentBytes: bytes...bytes)), decoding, fields,
      nil, nil, channels
    )
  }

  /// - Returns: whether every field lies in a frame's content of that length.
  private func checkPlaces(_ fields: [FieldReader.Placed], within bytes: Int) -> Bool {
    var (next, areInside) = (0, true)
    for (field, place, _) in fields {
      var end = next + field.type.byteCount
      switch field.place {
      case .offset(let offset)?: end = offset + field.type.byteCount
      case .bits(let start, let length, let order, _)?:
        let behind = order == .intel ? start % 8 + length : 7 - start % 8 + length
        end = start / 8 + (behind + 7) / 8
      default: break
      }
      next = end
      guard end > bytes else { continue }
      faults.note(.fieldBeyondFrame(field.name, end: end, bytes: bytes), at: place)
      areInside = false
    }
    return areInside
  }

  /// Checks that the decoding fits the framing: a packed value may hold the byte that ends a line.
  private func checkDecoding(
    _ sensor: TableReader, _ decoding: DecodingReader.Word, _ framing: FramingReader.Word
  ) -> Bool {
    switch (decoding, framing) {
    case (.s16le, .line) where sensor.optional("framing") == nil: return true
    case (.scan, _): return sensor.optional("framing") == nil
    case (.s16le, _):
      faults.note(
        .exclusive(keys: ["framing", "decode"], in: .sensor), at: sensor.place(of: "decode"))
    case (.binary, .line), (.binary, .nmea):
      sensor.noteNotApplicable(["decode"], .binaryFraming)
    case (.binary, .modbus):
      for key in ["skip", "samples"] {
        guard sensor.optional(key) != nil else { continue }
        sensor.noteNotApplicable([key], .otherFramings)
        return false
      }
      return true
    case (_, .modbus):
      sensor.noteNotApplicable(["decode"], .otherFramings)
    case (.nmea, .nmea): return true
    case (.nmea, _):
      sensor.noteNotApplicable(["decode"], .framings(["nmea"]))
    default: return true
    }
    return false
  }

  private func rate(_ sensor: TableReader, _ preset: DevicePreset?) -> Double? {
    // One sample a second, as most slow sensors do; the agent tells of another rate.
    if sensor.optional("rate") == nil, let preset { return preset.rateHertz }
    guard let entry = sensor.optional("rate") else { return 1 }
    return sensor.number(entry, .number(ConfigurationLimits.rateHertz))
  }

  /// `clock = { column = 1, unit = "ms", bits = 32 }`; nil when a fault was noted.
  private func clock(_ sensor: TableReader, _ entry: TOMLEntry) -> ClockSettings? {
    guard let table = sensor.subtable(entry) else { return nil }
    let clock = TableReader(
      table, .clock, known: ["column", "path", "at", "unit", "bits"], faults: faults)
    let units: [(String, Int64)] = [
      ("ns", 1), ("us", 1000), ("ms", 1_000_000), ("s", 1_000_000_000),
    ]
    let unit = clock.choice(clock.required("unit"), units)
    let bits: Int? =
      clock.optional("bits") == nil
      ? 32
      : clock.value(clock.optional("bits"), .oneOfIntegers([16, 24, 32, 64])) { content in
        guard case .integer(let value) = content, [16, 24, 32, 64].contains(value) else {
          return nil
        }
        return Int(value)
      }
    let place: FieldPlace?
    if let entry = clock.optional("column") {
      place = clock.value(entry, .column) { content in
        switch content {
        case .integer(let number):
          (1...Int64(SensorLimits.columnsMax)).contains(number) ? .column(Int(number) - 1) : nil
        case .string(let text): .header(text)
        default: nil
        }
      }
    } else if let entry = clock.optional("path") {
      place = clock.parsed(entry, .jsonPath, JSONPathText.steps).map { .path($0) }
    } else if let entry = clock.optional("at") {
      place = clock.integer(entry, in: 0...SensorLimits.payloadBytesMax - 1).map { .offset($0) }
    } else {
      faults.note(.missingOneOf(["column", "path", "at"], in: .clock), at: clock.place)
      place = nil
    }
    guard let unit, let bits, let place else { return nil }
    return ClockSettings(place: place, nanosecondsPerTick: unit, bits: bits)
  }

  // MARK: all sensors together

  /// A serial line has one rate and form: a sensor that says nothing of them takes those of the
  /// other sensors of its line, such as a preset's.
  func withSharedLines(_ sensors: [SensorSettings]) -> [SensorSettings] {
    sensors.map { sensor in
      guard case .serial(let path, SerialSettings()) = sensor.port else { return sensor }
      var shared = sensor
      for other in sensors {
        if case .serial(path, let line) = other.port, line != SerialSettings() {
          shared.port = .serial(path: path, line)
        }
      }
      return shared
    }
  }

  /// Sensors that name the same port alike are read through one wire, if each gets its frames from
  /// it.
  func checkWires(of sensors: [SensorSettings]) {
    let most = SensorLimits.framingsMax
    for (index, sensor) in sensors.enumerated() {
      guard let first = sensors[..<index].first(where: { $0.port == sensor.port }) else { continue }
      guard checkShares(sensor, first), sensor.modbus == nil else { continue }
      var framings: [FramingSettings] = []
      for other in sensors[...index] where other.port == sensor.port {
        guard !framings.contains(other.framing) else { continue }
        framings.append(other.framing)
        guard other.name != sensor.name, other.framing != sensor.framing,
          !sensor.framing.canShare(with: other.framing)
        else { continue }
        faults.note(.wireAmbiguous(first: other.portPlace), at: sensor.portPlace)
      }
      if framings.count == most + 1 { faults.note(.wireCrowded(max: most), at: sensor.portPlace) }
    }
    for (index, sensor) in sensors.enumerated() where sensor.modbus != nil {
      guard !sensors[..<index].contains(where: { $0.port == sensor.port }) else { continue }
      checkBus(sensors.filter { $0.port == sensor.port && $0.modbus != nil })
    }
  }

  /// What the sensors of one bus ask for has to go through it, even where every unit answers at
  /// once. What that needs of the time between two cycles is told at the sensor that is asked most
  /// often.
  private func checkBus(_ sensors: [SensorSettings]) {
    let line = ModbusLine(sensors[0].port)
    let busiest = sensors.min { $0.periodNanoseconds < $1.periodNanoseconds }!
    let interval = Double(busiest.modbus!.intervalNanoseconds)
    let needed = sensors.reduce(0.0) { sum, sensor in
      let settings = sensor.modbus!
      return sum + Double(settings.cycleNanoseconds(on: line))
        * interval / Double(settings.intervalNanoseconds)
    }
    guard needed > interval else { return }
    faults.note(
      .busTooSlow(
        needed: Int64(needed), interval: Int64(interval), sensorCount: sensors.count),
      at: busiest.ratePlace)
  }

  /// Sensors of one wire take frames of one CAN bus, or frames that say themselves where they
  /// begin, or they are all asked.
  ///
  /// - Returns: false when a fault was noted, and for files, which each reads for itself.
  private func checkShares(_ sensor: SensorSettings, _ first: SensorSettings) -> Bool {
    if case .file = sensor.port { return false }
    let areOfBus = sensor.can != nil && first.can != nil
    let areAsked = sensor.modbus != nil && first.modbus != nil
    let areMarked = sensor.framing.marksStart && first.framing.marksStart
    if areOfBus || areAsked || areMarked { return true }
    faults.note(.wireShared(first: first.portPlace), at: sensor.portPlace)
    return false
  }

  /// A sensor that is stale between any two of its samples is stale for ever.
  func checkAge(of sensor: SensorSettings, at place: SourcePlace) {
    let minimum = Int64(1.5e9 / sensor.rateHertz)
    guard sensor.staleAfterNanoseconds > 0, sensor.staleAfterNanoseconds < minimum else { return }
    faults.note(
      .tooShort(
        key: "stale_after", in: .sensor, nanoseconds: sensor.staleAfterNanoseconds,
        minimum: minimum, .samplePeriod), at: place)
  }
}
