/// A device of the Linux kernel's Industrial I/O, and what is wanted of it.
package struct IIOSettings: Equatable, Sendable {
  /// Its `name` or `label` in sysfs, which stays, or `iio:device0`, which may not.
  package var device: String
  /// The elements of its scans without `in_` and `_en`: `accel_x`. Of one with several values
  /// `rot_quaternion[2]`. Empty: all that it has.
  package var channels: [String]
  /// The name of what starts a scan; nil: the one that the device has.
  package var trigger: String?
  /// Scans a second.
  package var hertz: Double

  package init(
    device: String, channels: [String] = [], trigger: String? = nil, hertz: Double = 1
  ) {
    (self.device, self.channels, self.trigger, self.hertz) = (device, channels, trigger, hertz)
  }

  /// The clock of its frames: when each scan was made, CLOCK_BOOTTIME in nanoseconds.
  ///
  /// - Parameter fieldCount: of the values before it.
  package static func clock(behind fieldCount: Int) -> ClockSettings {
    ClockSettings(place: .offset(8 * fieldCount), nanosecondsPerTick: 1, bits: 64)
  }
}

/// Where the Linux kernel shows its devices. Tests have folders of their own.
package struct IIOPlaces: Sendable {
  package var devices = "/sys/bus/iio/devices"
  package var nodes = "/dev"

  package init() {}

  package init(devices: String, nodes: String) { (self.devices, self.nodes) = (devices, nodes) }
}
