import Text

/// Finds known devices, and sentences of NMEA 0183, which may share a wire.
struct DeviceFinder {
  let capture: WireCapture
  let known: [KnownDevice]

  func hypothesis() -> WireHypothesis? {
    var sensors: [FoundSensor] = []
    for device in known where !sensors.contains(where: { $0.framing == device.framing }) {
      let sensor = FoundSensor(
        preset: device.name, framing: device.framing, decoding: device.decoding,
        fields: device.fields)
      if brings(sensor) { sensors.append(sensor) }
    }
    sensors += sentences()
    sensors = Array(sensors.prefix(SensorLimits.framingsMax))
    guard let trial = WireTrial(sensors, on: capture) else { return nil }
    let found = trial.sensors.filter { $0.samples > 0 }
    guard !found.isEmpty else { return nil }
    return WireHypothesis(sensors: found, proof: .device, explained: trial.explained)
  }

  /// A frame of a short checksum stands in any noise: two of them are needed.
  private func brings(_ sensor: FoundSensor) -> Bool {
    guard let alone = WireTrial([sensor], on: capture)?.sensors[0] else { return false }
    return alone.samples >= 2 || alone.samples == 1 && capture.bytes.count < 256
  }

  // MARK: sentences

  private func sentences() -> [FoundSensor] {
    for requiresChecksum in [true, false] {
      let kinds = kinds(requiresChecksum)
      let named = kinds.compactMap { kind in
        NMEASentence(rawValue: String(decoding: kind, as: UTF8.self)).map {
          sensor($0, kind, requiresChecksum)
        }
      }
      if !named.isEmpty { return named }
      let others = kinds.compactMap { columns($0, requiresChecksum) }
      if !others.isEmpty { return others }
    }
    return []
  }

  private func framing(_ kind: [UInt8]?, _ requiresChecksum: Bool) -> FramingSettings {
    .nmea(NMEASettings(sentence: kind, requiresChecksum: requiresChecksum))
  }

  /// The last three letters of the addresses, each once.
  private func kinds(_ requiresChecksum: Bool) -> [[UInt8]] {
    var kinds: [[UInt8]] = []
    for frame in capture.frames(framing(nil, requiresChecksum)) {
      let address = frame.prefix { $0 != .comma }
      let kind = Array(address.suffix(3))
      let isAddress = address.count >= 3 && kind.allSatisfy { (0x30...0x5A).contains($0) }
      if isAddress, !kinds.contains(kind) { kinds.append(kind) }
    }
    return kinds
  }

  /// Those of the sentence's values that come.
  private func sensor(
    _ sentence: NMEASentence, _ kind: [UInt8], _ requiresChecksum: Bool
  ) -> FoundSensor {
    var sensor = FoundSensor(
      framing: framing(kind, requiresChecksum), decoding: .nmea(sentence),
      fields: sentence.names.map { FieldSettings(name: $0) })
    if let trial = WireTrial([sensor], on: capture) {
      let values = trial.sensors[0].values
      let coming = zip(sensor.fields, values).filter { !$0.1.isNaN }.map { $0.0 }
      if !coming.isEmpty { sensor.fields = coming }
    }
    return sensor
  }

  /// The columns of a sentence without names that are numbers; nil where none is.
  private func columns(_ kind: [UInt8], _ requiresChecksum: Bool) -> FoundSensor? {
    let framing = framing(kind, requiresChecksum)
    var numbers = [Int](repeating: 0, count: SensorLimits.sentenceColumnsMax)
    let frames = capture.frames(framing)
    for frame in frames {
      frame.withUnsafeBytes { bytes in
        var scanner = CellScanner(bytes, CellCutting(.byte(.comma)))
        var column = 0
        while let cell = scanner.next(), column < numbers.count {
          if column > 0, DecimalNumber.parse(cell) != nil { numbers[column] += 1 }
          column += 1
        }
      }
    }
    let columns = numbers.indices.filter { 2 * numbers[$0] > frames.count }
      .prefix(FindingLimits.fieldsMax)
    guard !columns.isEmpty else { return nil }
    let fields = columns.map { FieldSettings(name: "v\($0)", place: .column($0)) }
    return FoundSensor(framing: framing, decoding: .nmea(nil), fields: fields)
  }
}
