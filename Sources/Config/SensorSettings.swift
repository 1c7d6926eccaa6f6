import SensorIO
import Text

/// `[[sensor]]`: one source of samples.
package struct SensorSettings: Equatable, Sendable {
  /// 1…64 of `A-Z a-z 0-9 _ -`; unique among sensors.
  package var name: String
  /// Of a joined sensor that of the first one that it joins.
  package var port: PortAddress
  /// Nil of a sensor with a port of its own.
  package var join: JoinSettings?
  package var framing: FramingSettings = .line(LineSettings())
  package var decoding: DecodingSettings = .csv()
  /// 1…32, with different names.
  package var fields: [FieldSettings]
  /// Samples a second, 0.00001…100 000.
  package var rateHertz: Double
  /// Who may send through its socket; nil: all who may open it.
  package var allowed: [PeerName]?
  /// `startup = "error"`: the agent does not start without the port; else it waits for it.
  package var needsPortAtStart = false
  /// Where the device's own clock stands in a frame; nil without one.
  package var clock: ClockSettings?
  /// The identifier of its frames, of a sensor on a CAN bus.
  package var can: CANIdentifier?
  /// What the agent asks for, of a sensor on a Modbus. Its `framing` is then the image of a cycle.
  package var modbus: ModbusSettings?
  /// What the agent writes to the device once in a period; empty where the device sends by itself.
  package var prompt: [UInt8] = []
  /// False for a sensor that only replays: it may be as fast as its line.
  package var isRateLimited = true
  /// The sensor is stale when it brings no sample for this long; with 0 it is never stale.
  /// Five seconds by default, and three samples of a slower sensor.
  package var staleAfterNanoseconds: Int64 = 5_000_000_000
  /// `dead_man`: the agent raises an alert when the sensor is stale and an alert depends on it.
  package var hasDeadMan = true
  /// Its table, for recordings.
  package var written = WrittenTable()

  /// The place where `[[sensor]]` begins.
  package var place: SourcePlace
  package var portPlace: SourcePlace
  package var fieldsPlace: SourcePlace
  /// For each of `fields`, the place where its inline table begins.
  package var fieldPlaces: [SourcePlace]
  package var ratePlace: SourcePlace

  package init(
    name: String, port: PortAddress, framing: FramingSettings = .line(LineSettings()),
    decoding: DecodingSettings = .csv(), fields: [FieldSettings], rateHertz: Double,
    staleAfterNanoseconds: Int64 = 5_000_000_000, place: SourcePlace, portPlace: SourcePlace,
    fieldsPlace: SourcePlace, fieldPlaces: [SourcePlace], ratePlace: SourcePlace
  ) {
    self.name = name
    self.port = port
    self.framing = framing
    self.decoding = decoding
    self.fields = fields
    self.rateHertz = rateHertz
    self.staleAfterNanoseconds = staleAfterNanoseconds
    self.place = place
    self.portPlace = portPlace
    self.fieldsPlace = fieldsPlace
    self.fieldPlaces = fieldPlaces
    self.ratePlace = ratePlace
  }

  /// The agent writes to its device.
  package var isAsked: Bool { modbus != nil || !prompt.isEmpty }

  /// Between two samples.
  package var periodNanoseconds: Int64 { Int64(1e9 / rateHertz) }

  var defaultStaleAfterNanoseconds: Int64 { max(5_000_000_000, Int64(3e9 / rateHertz)) }
}
