import CPlatform

/// Writes lines to a descriptor that other processes share, at once or not at all: nobody has to
/// read it.
///
/// O_NONBLOCK would belong to the open file, and so to every process that shares it. So each kind
/// of file has its own way: a socket takes a flag with each message, a pipe one with each write. A
/// terminal is opened anew, as an open file of its own that never waits: one that says that it has
/// room has perhaps less than a line takes. A regular file takes what the disk takes.
///
/// Hot: allocates nothing. Several threads may use one.
package struct PromptOutput: Sendable {
  private enum Kind { case socket, pipe, file, other }

  private let descriptor: Int32
  private let kind: Kind
  /// The terminal or other device, opened anew; nil for every other file, and where the kernel does
  /// not open it for this user.
  private let own: Descriptor?

  /// A pipe that has room takes so many bytes whole.
  package static let lineBytesMax = Int(CP_PIPE_BUF)

  package init(_ descriptor: Int32) {
    self.descriptor = descriptor
    kind =
      switch fileType(descriptor) {
      case CP_S_IFSOCK: .socket
      case CP_S_IFIFO: .pipe
      case CP_S_IFREG: .file
      default: .other
      }
    own = fileType(descriptor) == CP_S_IFCHR ? Self.openedAnew(descriptor) : nil
  }

  private static func openedAnew(_ descriptor: Int32) -> Descriptor? {
    try? openDescriptor(path: "/proc/self/fd/\(descriptor)", flags: O_WRONLY)
  }

  /// Hot: writes a line, of at most `lineBytesMax` bytes.
  ///
  /// - Returns: how many bytes were written: all, or none where there is no room for them. A stream
  ///   socket or a terminal with little room may take a part.
  package func write(_ line: UnsafeRawBufferPointer) -> Int {
    let count = min(line.count, Self.lineBytesMax)
    let written =
      switch kind {
      case .socket: send(descriptor, line.baseAddress, count, CP_MSG_QUIET)
      case .pipe: writeToPipe(line.baseAddress, count)
      case .file: CPlatform.write(descriptor, line.baseAddress, count)
      case .other: writeToDevice(line.baseAddress, count)
      }
    return max(0, written)
  }

  /// A kernel or an emulator without that call is asked first, too.
  private func writeToPipe(_ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    let written = cp_write_without_waiting(descriptor, bytes, count)
    if written >= 0 || cp_errno() == EAGAIN || cp_errno() == EPIPE { return written }
    return writeIfReady(bytes, count)
  }

  private func writeToDevice(_ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    guard let own else { return writeIfReady(bytes, count) }
    return CPlatform.write(own.raw, bytes, count)
  }

  private func writeIfReady(_ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    guard Wait.isReady(descriptor, for: .writable, milliseconds: 0) else { return 0 }
    return CPlatform.write(descriptor, bytes, count)
  }
}
