import SensorIO
import Text

/// Reads what the agent asks for on a Modbus, and how it waits.
///
/// A field says where the device has its value, and the agent makes the requests. `polls` are
/// requests that a person wants as they stand.
struct ModbusReader {
  static let keys = ["unit_id", "function", "polls", "interval", "timeout", "retries", "pause"]
  static let fieldKeys = ["unit_id", "function", "register", "coil"]
  /// What is in whole registers.
  private static let types: [FieldType] = [
    .int16, .uint16, .int32, .uint32, .int64, .uint64, .float16, .float32, .float64,
  ]

  let sensor: TableReader

  init(_ sensor: TableReader) { self.sensor = sensor }

  // MARK: fields

  /// Where a device has the field; nil when a fault was noted.
  func place(_ field: TableReader, _ settings: inout FieldSettings) -> ModbusPlace? {
    guard let (address, isBit, unit, function) = address(field) else { return nil }
    if isBit {
      // One bit has neither form nor order.
      field.noteNotApplicable(
        ["type", "endian", "word_order", "bit", "bits", "signed"], .register)
      settings.isWordSwapped = false
      return ModbusPlace(unit: unit, function: function, address: address, count: 1)
    }
    guard field.optional("bit") == nil else {
      field.noteNotApplicable(["type", "endian", "word_order"], .wholeRegister)
      settings.isWordSwapped = false
      return bits(field).map {
        ModbusPlace(unit: unit, function: function, address: address, count: 1, bits: $0)
      }
    }
    field.noteNotApplicable(["bits", "signed"], .bit)
    guard Self.types.contains(settings.type) else {
      let (table, entry) =
        field.optional("type").map { (field, $0) } ?? (sensor, sensor.optional("type")!)
      _ = table.choice(entry, Self.types.map { ($0.rawValue, $0) })
      return nil
    }
    let count = settings.type.byteCount / 2
    guard isInside(address, count, at: field.place) else { return nil }
    return ModbusPlace(unit: unit, function: function, address: address, count: count)
  }

  /// Bit 0 is a register's lowest.
  private func bits(_ field: TableReader) -> ModbusPlace.Bits? {
    let low = field.integer(field.optional("bit"), in: 0...15)
    let isSigned = field.optional("signed").map { field.boolean($0) } ?? false
    guard let low, let isSigned else { return nil }
    let length = field.optional("bits").map { field.integer($0, in: 1...16 - low) } ?? 1
    return length.map { ModbusPlace.Bits(low: low, length: $0, isSigned: isSigned) }
  }

  private typealias Address = (
    address: Int, isBit: Bool, unit: UInt8, function: ModbusFunction
  )

  /// `register` or `coil`, and what goes with it; nil when a fault was noted.
  private func address(_ table: TableReader) -> Address? {
    let (register, coil) = (table.optional("register"), table.optional("coil"))
    guard register == nil || coil == nil else {
      sensor.faults.note(.exclusive(keys: ["register", "coil"], in: table.name), at: table.place)
      return nil
    }
    guard let entry = register ?? coil else {
      sensor.faults.note(.missingOneOf(["register", "coil"], in: table.name), at: table.place)
      return nil
    }
    let isBit = coil != nil
    let address = table.integer(entry, in: 0...65_535)
    let unit = table.optional("unit_id").map { table.integer($0, in: ModbusLimits.units) }
    let function = table.optional("function").map { self.function(table, $0, isBit: isBit) }
    let standardUnit =
      sensor.optional("unit_id").map { sensor.integer($0, in: ModbusLimits.units) } ?? 1
    guard let address, let unit = unit ?? standardUnit,
      let function = function ?? standardFunction(isBit: isBit)
    else { return nil }
    return (address, isBit, UInt8(unit), function)
  }

  private func function(
    _ table: TableReader, _ entry: TOMLEntry, isBit: Bool
  ) -> ModbusFunction? {
    let numbers = isBit ? [1, 2] : [3, 4]
    return table.value(entry, .oneOfIntegers(numbers)) { content in
      guard case .integer(let number) = content, numbers.contains(Int(clamping: number)) else {
        return nil
      }
      return ModbusFunction(rawValue: UInt8(number))
    }
  }

  /// What the sensor says for all fields goes for those that it can go for: coils are read by
  /// functions 1 and 2, registers by 3 and 4.
  private func standardFunction(isBit: Bool) -> ModbusFunction? {
    let standard: ModbusFunction = isBit ? .coils : .holdingRegisters
    guard let entry = sensor.optional("function") else { return standard }
    let function = sensor.value(entry, .oneOfIntegers([1, 2, 3, 4])) { content in
      guard case .integer(let number) = content else { return nil as ModbusFunction? }
      return UInt8(exactly: number).flatMap { ModbusFunction(rawValue: $0) }
    }
    guard let function else { return nil }
    return function.readsBits == isBit ? function : standard
  }

  private func isInside(_ address: Int, _ count: Int, at place: SourcePlace) -> Bool {
    guard address + count > 65_536 else { return true }
    sensor.faults.note(.beyondAddresses(address: address, count: count), at: place)
    return false
  }

  // MARK: the whole

  /// Nil when a fault was noted.
  ///
  /// - Parameter rate: the sensor's, where it has no `interval`.
  func settings(
    _ fields: [FieldReader.Placed], rate: Double?
  ) -> (settings: ModbusSettings, image: FramingSettings, fields: [FieldReader.Placed])? {
    let timeout = duration("timeout", ModbusLimits.timeoutNanoseconds)
    let pause = duration("pause", ModbusLimits.pauseNanoseconds)
    let retries = sensor.optional("retries").map {
      sensor.integer($0, in: ModbusLimits.retriesRange)
    }
    guard let polls = polls(), let interval = interval(rate), timeout.isSound, pause.isSound,
      let retries = retries ?? ModbusLimits.retriesDefault,
      let plan = plan(fields.map { $0.asked! }, polls)
    else { return nil }
    var placed = fields
    for (index, place) in plan.fieldPlaces.enumerated() { placed[index].settings.place = place }
    let settings = ModbusSettings(
      plan, intervalNanoseconds: interval,
      timeoutNanoseconds: timeout.value ?? ModbusLimits.timeoutDefaultNanoseconds,
      retries: retries, pauseNanoseconds: pause.value)
    return (settings, .packet(PacketSettings(length: .fixed(plan.imageBytes))), placed)
  }

  private func plan(_ places: [ModbusPlace], _ polls: [Poll]) -> ModbusPlan? {
    do throws(ModbusProblem) {
      return try ModbusPlan(places, declared: polls.map { $0.request })
    } catch {
      var place = sensor.place(of: "polls")
      if case .requestWithoutField(let index) = error { place = polls[index].place }
      sensor.faults.note(.modbus(error), at: place)
      return nil
    }
  }

  private typealias Poll = (request: ModbusRequest, place: SourcePlace)

  /// `polls = [{ coil = 19, count = 10 }]`; none without the key, nil when a fault was noted.
  private func polls() -> [Poll]? {
    guard let entry = sensor.optional("polls") else { return [] }
    guard let elements = sensor.elements(entry, 1...ModbusLimits.fieldsMax) else { return nil }
    let polls = elements.compactMap { element -> Poll? in
      sensor.subtable(element).flatMap { poll($0) }
    }
    return polls.count == elements.count ? polls : nil
  }

  private func poll(_ table: TOMLTable) -> Poll? {
    let poll = TableReader(table, .poll, known: Self.fieldKeys + ["count"], faults: sensor.faults)
    guard let (address, _, unit, function) = address(poll),
      let count = poll.integer(poll.required("count"), in: 1...function.countMax),
      isInside(address, count, at: poll.place)
    else { return nil }
    let request = ModbusRequest(
      unit: unit, function: function, address: UInt16(address), count: count)
    return (request, poll.place)
  }

  /// Of a cycle; nil when a fault was noted.
  private func interval(_ rate: Double?) -> Int64? {
    guard let entry = sensor.optional("interval") else {
      return rate.map { Int64(1e9 / $0) }
    }
    if sensor.optional("rate") != nil {
      sensor.faults.note(.exclusive(keys: ["interval", "rate"], in: .sensor), at: entry.place)
      return nil
    }
    return sensor.duration(entry, in: ConfigurationLimits.pollNanoseconds)
  }

  private func duration(
    _ key: String, _ range: ClosedRange<Int64>
  ) -> (value: Int64?, isSound: Bool) {
    guard let entry = sensor.optional(key) else { return (nil, true) }
    let value = sensor.duration(entry, in: range)
    return (value, value != nil)
  }
}
