import CPlatform
import System

/// Two ends of a serial line without a wire. Bytes written to the controller arrive at the program
/// that opens `slavePath` as a serial port, and the other way round. For the demonstration, replay
/// and tests.
///
/// When the slave is closed, reads of the controller give `.end` until the slave is opened again.
/// When the controller is closed, the slave is unplugged.
package struct PseudoTerminal: Sendable {
  /// Raw, non-blocking.
  package let controller: Descriptor
  package let slavePath: String

  @export(interface)
  package static func open() throws(SystemError) -> PseudoTerminal {
    let raw = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
    guard raw >= 0 else { throw .last(.posix_openpt) }
    let controller = Descriptor(owning: raw)
    guard grantpt(raw) == 0 else { throw .last(.grantpt) }
    guard unlockpt(raw) == 0 else { throw .last(.unlockpt) }
    // Linux keeps one set of settings for both ends, and lets the controller change it.
    var settings = try TerminalSettings(of: controller)
    settings.makeRaw()
    try settings.apply(to: controller)
    return PseudoTerminal(controller: controller, slavePath: try slavePath(of: raw))
  }

  private static func slavePath(of raw: Int32) throws(SystemError) -> String {
    // "/dev/pts/" and a number.
    var name = InlineArray<64, CChar>(repeating: 0)
    var span = name.mutableSpan
    let (code, path) = span.withUnsafeMutableBufferPointer { buffer in
      let code = ptsname_r(raw, buffer.baseAddress!, buffer.count)
      return (code, String(cString: buffer.baseAddress!))
    }
    guard code == 0 else { throw SystemError(call: .ptsname, code: code) }
    return path
  }
}
