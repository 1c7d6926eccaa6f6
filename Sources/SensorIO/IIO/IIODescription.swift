/// What a device of the Linux kernel's Industrial I/O says of itself.
package struct IIODescription: Sendable {
  package struct Channel: Equatable, Sendable {
    /// As settings have it: `accel_x`, `rot_quaternion[2]`.
    package let name: String
    /// That of its values, empty where it has none.
    package let unit: String
  }

  /// `iio:device0`.
  package let number: String
  package let name: String
  package let channels: [Channel]
  /// Scans a second, as it is set now; nil where its files say nothing of that.
  package let hertz: Double?

  /// Reads the device's files, and writes nothing.
  @export(interface)
  package static func of(
    _ name: String, in places: IIOPlaces = IIOPlaces()
  ) throws(PortError) -> IIODescription {
    do throws(IIOError) {
      let device = try IIODevice.find(name, in: places)
      let elements = try device.elements().filter { $0.name != IIOSetup.timeName }
      let channels = elements.flatMap { element in
        IIOSetup.channels(of: element).map { Channel(name: $0, unit: unit(of: element.name)) }
      }
      let file = elements.first.flatMap { device.file("sampling_frequency", of: $0.name) }
      return IIODescription(
        number: device.number, name: device.name, channels: channels,
        hertz: file.flatMap { device.text($0) }.flatMap { IIODevice.number($0) })
    } catch {
      throw .iio(error)
    }
  }

  /// The units after scale and offset (Documentation/ABI/testing/sysfs-bus-iio).
  private static let units: [(kind: String, unit: String)] = [
    ("accel", "m/s2"), ("gravity", "m/s2"), ("anglvel", "rad/s"), ("angl", "rad"),
    ("incli", "deg"), ("magn", "G"), ("voltage", "mV"), ("current", "mA"), ("power", "mW"),
    ("temp", "m°C"), ("pressure", "kPa"), ("humidityrelative", "m%"), ("illuminance", "lx"),
    ("resistance", "ohm"), ("concentration", "%"), ("electricalconductivity", "S/m"),
  ]

  private static func unit(of element: String) -> String {
    let families = IIODevice.families(of: element)
    return units.first { unit in families.contains { $0.utf8.elementsEqual(unit.kind.utf8) } }?
      .unit ?? ""
  }
}
