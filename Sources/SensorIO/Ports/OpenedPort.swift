import System

/// An open port. The case says how the caller must serve it.
package enum OpenedPort: Sendable {
  /// The poller reports when there are bytes to read.
  case stream(Descriptor)
  /// As a stream, with a file in the file system that is this process's own.
  case bound(UnixListener)
  /// The poller reports when a producer connects. Each producer is a separate stream.
  case listener(UnixListener)
  /// The poller refuses the file (EPERM): the caller reads it whenever there is time.
  case alwaysReady(Descriptor)

  package var descriptor: Descriptor {
    switch self {
    case .stream(let descriptor), .alwaysReady(let descriptor): descriptor
    case .listener(let listener), .bound(let listener): listener.descriptor
    }
  }
}

extension UnixListener {
  /// As a port.
  package var opened: OpenedPort { form == .datagrams ? .bound(self) : .listener(self) }
}

/// Setup: opens the port of one sensor. To close it, let go of the result.
package func openPort(_ address: PortAddress) throws(PortError) -> OpenedPort {
  switch address {
  case .serial(let path, let line): return .stream(try SerialPort.open(path: path, line))
  case .unix(let path): return try listener(path, .stream).opened
  case .unixPackets(let path): return try listener(path, .packets).opened
  case .unixDatagram(let path): return try listener(path, .datagrams).opened
  case .unixClient(let path): return .stream(try client(path))
  case .can(let interface): return .stream(try CANPort.open(interface: interface))
  case .sound(let card, let device, let hertz):
    return .stream(try SoundPort.open(card: card, device: device, hertz: hertz))
  case .iio(let settings): return .stream(try IIOPort.open(settings))
  case .standardInput: return try readable(FilePort.standardInput(), path: "/proc/self/fd/0")
  case .file(let path): return try readable(FilePort.open(path: path), path: path)
  }
}

private func listener(
  _ path: String, _ form: UnixListener.Form
) throws(PortError) -> UnixListener {
  do throws(SocketError) {
    return try UnixListener.open(path: path, form: form)
  } catch {
    throw .socket(error)
  }
}

private func client(_ path: String) throws(PortError) -> Descriptor {
  do throws(SocketError) { return try UnixSocket.connect(path: path) } catch {
    throw .socket(error)
  }
}

private func readable(_ descriptor: Descriptor, path: String) throws(PortError) -> OpenedPort {
  do throws(SystemError) {
    return try descriptor.isAlwaysReady ? .alwaysReady(descriptor) : .stream(descriptor)
  } catch {
    throw .from(error, path: path)
  }
}
