import System

/// The serial devices that are there.
enum SerialDevices {
  /// Kinds of names in /dev, those of plugged adapters first. /dev/ttyS0 and its like are there on
  /// many boards without a plug.
  private static let prefixes = ["ttyUSB", "ttyACM", "ttyAMA", "ttymxc", "ttySC", "ttyS"]

  /// By the names that stay: /dev/serial/by-id; where there are none, by those of the kernel.
  static var paths: [String] {
    paths(stable: "/dev/serial/by-id", other: "/dev")
  }

  static func paths(stable: String, other: String) -> [String] {
    let named = (try? Files.names(in: stable)) ?? []
    guard named.isEmpty else { return named.map { "\(stable)/\($0)" } }
    let names = (try? Files.names(in: other)) ?? []
    for prefix in prefixes {
      let found = names.filter { $0.utf8.starts(with: prefix.utf8) }
      if !found.isEmpty { return found.map { "\(other)/\($0)" } }
    }
    return []
  }
}
