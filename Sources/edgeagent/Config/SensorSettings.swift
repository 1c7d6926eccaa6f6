import SensorIO
import Text

/// `[[sensor]]`: one source of samples.
struct SensorSettings: Equatable, Sendable {
  /// 1…64 of `A-Z a-z 0-9 _ -`; unique among sensors.
  var name: String
  var port: PortAddress
  var framing: FramingSettings = .line
  var decoding: DecodingSettings = .csv
  /// 1…32, with different names.
  var fields: [FieldSettings]
  /// Samples a second, 0.00001…100 000.
  var rateHertz: Double
  /// Without a sample for this long the sensor is stale; 0 never.
  var staleAfterNanoseconds: Int64 = 5_000_000_000

  /// Where `[[sensor]]` begins.
  var place: SourcePlace
  var portPlace: SourcePlace
  var fieldsPlace: SourcePlace
  /// One for each of `fields`: where its inline table begins.
  var fieldPlaces: [SourcePlace]
  var ratePlace: SourcePlace
}
