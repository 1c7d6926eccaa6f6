import CPlatform
import System

/// A SocketCAN interface. The kernel hands on whole frames, one a read, in 16 bytes each:
/// identifier and flags as a little-endian word on the machines that this agent runs on, the
/// count of data bytes, three bytes of nothing, eight bytes of data (linux/can.h `can_frame`).
package enum CANPort {
  /// Opens the interface for reading. Its bit rate is set by `ip link`, since that takes a
  /// privilege which the agent does not have.
  @export(interface)
  package static func open(interface: String) throws(PortError) -> Descriptor {
    let raw = interface.withCString { cp_can_open($0) }
    if raw >= 0 { return Descriptor(owning: raw) }
    switch cp_errno() {
    case ENODEV, ENXIO: throw .noInterface(interface)
    case EAFNOSUPPORT, EPROTONOSUPPORT: throw .noCAN
    default: throw .system(path: interface, .last(.socket))
    }
  }
}
