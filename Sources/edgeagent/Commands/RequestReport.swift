import Config
import SensorIO
import Text

/// What a sensor's devices are asked in each cycle, for people who wonder what the agent made of
/// their fields.
struct RequestReport {
  let name: String
  let interval: String
  /// `unit 1, function 4, registers 6 to 11: current, power`, a line a request, in their order.
  let lines: [String]

  /// Of all sensors that are asked.
  static func all(_ configuration: Configuration) -> [RequestReport] {
    configuration.sensors.compactMap { sensor in
      guard let modbus = sensor.modbus else { return nil }
      let lines = modbus.requests.enumerated().map { index, request in
        let fields = sensor.fields.indices.filter { modbus.fieldRequests[$0] == index }
        return "\(request.text): "
          + fields.map { sensor.fields[$0].name }.joined(separator: ", ")
      }
      return RequestReport(
        name: sensor.name,
        interval: DurationText.text(nanoseconds: modbus.intervalNanoseconds), lines: lines)
    }
  }
}
