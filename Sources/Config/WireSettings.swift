import SensorIO

/// One port and the sensors whose frames come through it: a receiver that sends two kinds of
/// messages is two sensors on one wire.
package struct WireSettings: Equatable {
  package let port: PortAddress
  /// Indices among the configuration's sensors, ascending; at least one.
  package let sensors: [Int]
}

extension Configuration {
  /// A wire for each port, in the order of the sensors. A file is read by each sensor for itself;
  /// a joined sensor has none.
  package var wires: [WireSettings] {
    var wires: [WireSettings] = []
    for (index, sensor) in sensors.enumerated() where sensor.join == nil {
      if case .file = sensor.port {
      } else if let same = wires.firstIndex(where: { $0.port == sensor.port }) {
        wires[same] = WireSettings(port: sensor.port, sensors: wires[same].sensors + [index])
        continue
      }
      wires.append(WireSettings(port: sensor.port, sensors: [index]))
    }
    return wires
  }
}
