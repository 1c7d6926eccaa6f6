import TestSupport

@testable import Config
@testable import Core
@testable import SensorIO

extension Make {
  /// A sensor without pipelines.
  static func channel(_ settings: SensorSettings) throws(DecodingSetupError) -> SensorChannel {
    SensorChannel(
      index: 0, settings: settings,
      decoder: try SampleDecoder(settings.decoding, fields: settings.fields), pipelines: [])
  }

  /// The wire of that sensor alone.
  static func wire(_ channel: SensorChannel) -> Wire {
    Wire(
      index: 0, WireSettings(port: channel.settings.port, sensors: [0]), channels: [channel])
  }
}
