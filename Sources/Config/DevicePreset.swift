import SensorIO

/// A device that the agent knows by its name: its line, its frames, and its values. The bytes are
/// those of the makers' data sheets.
struct DevicePreset {
  let name: String
  var line = SerialSettings(baud: 9600)
  let framing: FramingSettings
  let decoding: DecodingSettings
  let fields: [FieldSettings]
  /// What the device does when nobody has configured it.
  let rateHertz: Double
  /// What it is told for each sample; empty where it sends by itself.
  var prompt: [UInt8] = []

  var word: DecodingReader.Word {
    if case .nmea = decoding { .nmea } else { .binary }
  }

  private init(
    _ name: String, _ framing: FramingSettings, _ fields: [FieldSettings], baud: Int = 9600,
    rateHertz: Double = 1, prompt: [UInt8] = [],
    decoding: DecodingSettings = .binary(BinarySettings())
  ) {
    self.prompt = prompt
    (self.name, self.framing, self.fields, self.rateHertz) = (name, framing, fields, rateHertz)
    self.decoding = decoding
    line.baud = baud
  }

  /// A number at a place in the frame.
  private static func value(
    _ name: String, _ unit: String, at place: Int, _ type: FieldType, big: Bool = false,
    scale: Double = 1, offset: Double = 0
  ) -> FieldSettings {
    var field = FieldSettings(
      name: name, unit: unit, type: type, isBigEndian: big, scale: scale, offset: offset)
    field.place = .offset(place)
    return field
  }

  private static func words(
    _ unit: String, from place: Int, _ names: [String], big: Bool, _ type: FieldType = .uint16,
    scale: Double = 1
  ) -> [FieldSettings] {
    names.enumerated().map { index, name in
      value(name, unit, at: place + 2 * index, type, big: big, scale: scale)
    }
  }

  // MARK: dust and gas

  private static let dust = words(
    "ug/m3", from: 4, ["pm1_factory", "pm25_factory", "pm10_factory", "pm1", "pm25", "pm10"],
    big: true)

  /// Plantower PMS5003 and PMS7003: mass of dust, and particles in 0.1 l beyond 0.3 to 10 µm.
  static let pms5003 = DevicePreset(
    "pms5003", .packet(.pms5003),
    dust + words("", from: 16, ["n03", "n05", "n1", "n25", "n5", "n10"], big: true))
  static let pms7003 = DevicePreset("pms7003", .packet(.pms5003), pms5003.fields)
  static let pms3003 = DevicePreset("pms3003", .packet(.pms3003), dust)
  /// Nova SDS011.
  static let sds011 = DevicePreset(
    "sds011", .packet(.sds011), words("ug/m3", from: 2, ["pm25", "pm10"], big: false, scale: 0.1))
  /// Winsen MH-Z19: replies to the command that reads, 0x86.
  static let mhz19 = DevicePreset(
    "mh-z19", .packet(.mhz19),
    [
      value("co2", "ppm", at: 2, .uint16, big: true),
      value("temp", "C", at: 4, .uint8, offset: -40),
    ], rateHertz: 0.2, prompt: [0xFF, 0x01, 0x86, 0, 0, 0, 0, 0, 0x79])

  // MARK: motion and place

  /// Hi-Link LD2410: the basic report of a presence radar, distances in centimetres.
  static let ld2410 = DevicePreset(
    "ld2410", .packet(.ld2410),
    [
      value("state", "", at: 2, .uint8), value("moving_cm", "cm", at: 3, .uint16),
      value("moving_energy", "%", at: 5, .uint8), value("still_cm", "cm", at: 6, .uint16),
      value("still_energy", "%", at: 8, .uint8), value("distance_cm", "cm", at: 9, .uint16),
    ], baud: 256_000, rateHertz: 10)

  private static func witmotion(
    _ word: String, _ kind: UInt8, _ names: [String], _ unit: String, _ full: Double
  ) -> DevicePreset {
    DevicePreset(
      "witmotion-\(word)", .packet(.witmotion(kind: kind)),
      words(unit, from: 2, names, big: false, .int16, scale: full / 32768), rateHertz: 10)
  }

  /// u-blox UBX-NAV-PVT; places are of the payload.
  static let navPVT = DevicePreset(
    "ubx-nav-pvt", .packet(.ubx(class: 0x01, id: 0x07)).narrowed(to: 92...92),
    [
      value("fix", "", at: 20, .uint8), value("sats", "", at: 23, .uint8),
      value("lon", "deg", at: 24, .int32, scale: 1e-7),
      value("lat", "deg", at: 28, .int32, scale: 1e-7),
      value("hmsl", "m", at: 36, .int32, scale: 0.001),
      value("hacc", "m", at: 40, .uint32, scale: 0.001),
      value("vacc", "m", at: 44, .uint32, scale: 0.001),
      value("speed", "m/s", at: 60, .int32, scale: 0.001),
      value("heading", "deg", at: 64, .int32, scale: 1e-5),
    ])
  static let navPOSLLH = DevicePreset(
    "ubx-nav-posllh", .packet(.ubx(class: 0x01, id: 0x02)).narrowed(to: 28...28),
    [
      value("lon", "deg", at: 4, .int32, scale: 1e-7),
      value("lat", "deg", at: 8, .int32, scale: 1e-7),
      value("hmsl", "m", at: 16, .int32, scale: 0.001),
      value("hacc", "m", at: 20, .uint32, scale: 0.001),
      value("vacc", "m", at: 24, .uint32, scale: 0.001),
    ])

  static let all: [DevicePreset] = [
    pms5003, pms7003, pms3003, sds011, mhz19, ld2410,
    witmotion("acceleration", 0x51, ["ax", "ay", "az"], "g", 16),
    witmotion("rotation", 0x52, ["wx", "wy", "wz"], "deg/s", 2000),
    witmotion("angle", 0x53, ["roll", "pitch", "yaw"], "deg", 180),
    navPVT, navPOSLLH,
  ]
}

extension KnownDevice {
  /// The devices of which the configuration has presets.
  package static var presets: [KnownDevice] {
    DevicePreset.all.map {
      KnownDevice(name: $0.name, framing: $0.framing, decoding: $0.decoding, fields: $0.fields)
    }
  }
}
