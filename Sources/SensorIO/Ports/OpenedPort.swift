/// A port that is open, by the way it is to be served.
public enum OpenedPort: Sendable {
  /// Bytes come when the poller says so.
  case stream(Descriptor)
  /// Producers come when the poller says so; each is a stream of its own.
  case listener(UnixListener)
  /// The poller refuses it (EPERM): read it whenever there is time.
  case alwaysReady(Descriptor)

  public var descriptor: Descriptor {
    switch self {
    case .stream(let descriptor), .alwaysReady(let descriptor): descriptor
    case .listener(let listener): listener.descriptor
    }
  }
}

/// Setup: opens the port of one sensor. Closing is letting go of it.
public func openPort(_ address: PortAddress) throws(PortError) -> OpenedPort {
  switch address {
  case .serial(let path, let baud): return .stream(try SerialPort.open(path: path, baud: baud))
  case .unix(let path): return .listener(try UnixListener.open(path: path))
  case .standardInput: return try readable(FilePort.standardInput(), path: "/proc/self/fd/0")
  case .file(let path): return try readable(FilePort.open(path: path), path: path)
  }
}

private func readable(_ descriptor: Descriptor, path: String) throws(PortError) -> OpenedPort {
  do throws(SystemError) {
    return try descriptor.isAlwaysReady ? .alwaysReady(descriptor) : .stream(descriptor)
  } catch {
    throw .from(error, path: path)
  }
}
