import CPlatform

/// The result of a read.
package enum ReadResult: Equatable, Sendable {
  /// That many bytes, at least 1.
  case bytes(Int)
  /// Nothing yet: wait for the poller.
  case wouldBlock
  /// End of file, the other side is gone, or the device is unplugged. The caller lets go of the
  /// descriptor.
  case end
}

/// Owns an open file and closes it once, when the last reference goes.
///
/// It is a class, so that arrays, enums and optionals can hold it in ordinary and Embedded Swift.
/// It never changes, so threads may share it. Reads and writes never wait if the file is
/// non-blocking, and every function of this module opens files that way.
package final class Descriptor: Sendable {
  package let raw: Int32
  private let kind: Kind
  private let isExclusive: Bool
  private let device: (any DeviceReading)?

  /// The meaning of errno, and the call that writes, depend on it.
  private enum Kind { case file, terminal, socket }

  /// Takes over `raw`: no other code may close it.
  package convenience init(owning raw: Int32) { self.init(owning: raw, isExclusive: false) }

  /// - Parameters:
  ///   - isExclusive: TIOCEXCL is set; `deinit` clears it.
  ///   - device: what reads it; nil where its bytes are read as they are.
  package init(owning raw: Int32, isExclusive: Bool, device: (any DeviceReading)? = nil) {
    precondition(raw >= 0)
    self.raw = raw
    self.isExclusive = isExclusive
    self.device = device
    kind =
      switch fileType(raw) {
      case CP_S_IFSOCK: .socket
      case CP_S_IFCHR where isatty(raw) == 1: .terminal
      default: .file
      }
  }

  deinit {
    device?.stop()
    // The terminal keeps the flag for as long as any program has it open: a pseudo-terminal's
    // controller, or a program that opened it before the agent.
    if isExclusive { _ = cp_ioctl_none(raw, UInt(CP_TIOCNXCL)) }
    // No retry: Linux has freed the number even when close reports EINTR, and another thread may
    // have it by now.
    _ = close(raw)
  }

  /// Hot: reads the bytes that are there, up to the size of `buffer`, which must not be empty.
  ///
  /// - Throws: never for an unplugged device (0 bytes, EIO, ENXIO, ENODEV on a terminal) or a lost
  ///   peer (ECONNRESET on a socket); these are `.end`.
  /// - Complexity: one system call; allocates nothing.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> ReadResult {
    precondition(buffer.count > 0)
    if let device { return try device.read(raw, into: buffer) }
    let count = uninterrupted { CPlatform.read(raw, buffer.baseAddress, buffer.count) }
    if count > 0 { return .bytes(count) }
    if count == 0 { return .end }
    switch (kind, cp_errno()) {
    case (_, EAGAIN): return .wouldBlock
    case (.terminal, EIO), (.terminal, ENXIO), (.terminal, ENODEV): return .end
    case (.socket, ECONNRESET): return .end
    default: throw .last(.read)
    }
  }

  /// Hot: the most bytes that one read gives into a buffer of that size. After fewer there are no
  /// more for now.
  package func bytesMax(of bufferBytes: Int) -> Int {
    device?.bytesMax(of: bufferBytes) ?? bufferBytes
  }

  /// Hot: bytes that were written and that the device, or the socket's other end, has not taken; 0
  /// where the Linux kernel does not tell.
  package var unsentBytes: Int {
    var count: Int32 = 0
    return cp_ioctl_pointer(raw, UInt(CP_TIOCOUTQ), &count) == 0 ? Int(count) : 0
  }

  /// Hot: whether a device is gone whose end the poller does not tell. Nothing is read.
  package var isGone: Bool { device?.isGone(raw) ?? false }

  /// Stops a device that measures for whoever has it open, as the end of the process would not.
  package func stopDevice() { device?.stop() }

  /// Hot: writes what fits now. A socket without a peer throws EPIPE and raises no signal; a pipe
  /// without a reader raises SIGPIPE, which the program ignores.
  ///
  /// - Returns: the count of bytes written, perhaps fewer than given; nil when none fits now.
  /// - Complexity: one system call; allocates nothing.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int? {
    let count = uninterrupted {
      kind == .socket
        ? send(raw, bytes.baseAddress, bytes.count, CP_MSG_QUIET)
        : CPlatform.write(raw, bytes.baseAddress, bytes.count)
    }
    if count >= 0 { return count }
    guard cp_errno() == EAGAIN else { throw .last(.write) }
    return nil
  }

  /// True for a file that epoll refuses to watch because it never waits: regular files, /dev/null.
  /// The caller reads such a file whenever there is time. Setup: asks epoll itself.
  package var isAlwaysReady: Bool {
    get throws(SystemError) {
      let poller = try Poller(eventsMax: 1)
      do throws(SystemError) {
        try poller.add(raw, token: 0, interest: .readable)
        return false
      } catch {
        guard error.code == EPERM else { throw error }
        return true
      }
    }
  }
}

/// The S_IFMT bits of an open file; 0 when the kernel cannot tell.
package func fileType(_ raw: Int32) -> UInt32 {
  var status = stat()
  return fstat(raw, &status) == 0 ? UInt32(status.st_mode) & CP_S_IFMT : 0
}

/// Hot: the bytes that a socket or a terminal has for its next reads; nil when the kernel cannot
/// tell.
package func unreadBytes(_ raw: Int32) -> Int? {
  var count: Int32 = 0
  guard cp_ioctl_pointer(raw, UInt(CP_FIONREAD), &count) == 0 else { return nil }
  return Int(count)
}

/// Makes a second descriptor for the same open file. Both share offset, flags and lock.
package func duplicate(_ raw: Int32, isExclusive: Bool = false) throws(SystemError) -> Descriptor {
  let copy = cp_fcntl(raw, F_DUPFD_CLOEXEC, 3)
  guard copy >= 0 else { throw .last(.fcntl) }
  return Descriptor(owning: copy, isExclusive: isExclusive)
}

/// Opens a file without waiting, never as the controlling terminal. Children do not inherit it.
///
/// - Parameter device: what reads it; nil where its bytes are read as they are.
package func openDescriptor(
  path: String, flags: Int32, device: (any DeviceReading)? = nil
) throws(SystemError) -> Descriptor {
  let flags = flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
  let raw = uninterrupted { path.withCString { cp_open($0, flags, 0) } }
  guard raw >= 0 else { throw .last(.open) }
  return Descriptor(owning: raw, isExclusive: false, device: device)
}
