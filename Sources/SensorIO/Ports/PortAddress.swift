/// Where a sensor's bytes come from.
package enum PortAddress: Equatable, Sendable {
  case serial(path: String, SerialSettings)
  /// A Unix stream socket on which the agent listens; several producers may connect.
  case unix(path: String)
  /// A Unix datagram socket of the agent: each datagram is one message or several, never a part.
  case unixDatagram(path: String)
  /// A Unix socket of packets on which the agent listens; each packet is as a datagram.
  case unixPackets(path: String)
  /// Another program's Unix stream socket, to which the agent connects.
  case unixClient(path: String)
  /// A SocketCAN interface, `can0`: frames of 16 bytes.
  case can(interface: String)
  /// A microphone: words of 16 bits, so many a second.
  case sound(card: String, device: Int, hertz: Int)
  /// Scans of a device of the Linux kernel's Industrial I/O.
  case iio(IIOSettings)
  case standardInput
  /// A regular file, named pipe or character device, read to its end.
  case file(path: String)

  /// Files and standard input wait until they are read, so they can neither send too much nor
  /// become old.
  package var isLive: Bool {
    switch self {
    case .serial, .unix, .unixDatagram, .unixPackets, .unixClient, .can, .sound, .iio: true
    case .standardInput, .file: false
    }
  }

  /// Several producers may be connected at the same time.
  package var takesManyProducers: Bool {
    switch self {
    case .unix, .unixPackets: true
    case .serial, .unixDatagram, .unixClient, .can, .sound, .iio, .standardInput, .file: false
    }
  }

  /// What is read at once ends with the end of a message: a line needs no LF there.
  package var keepsMessages: Bool {
    switch self {
    case .unixDatagram, .unixPackets: true
    case .serial, .unix, .unixClient, .can, .sound, .iio, .standardInput, .file: false
    }
  }

  /// The device sends whether or not the agent has opened it, so the first bytes may be the rest of
  /// a frame.
  package var joinsMidStream: Bool {
    switch self {
    case .serial: true
    case .unix, .unixDatagram, .unixPackets, .unixClient, .can, .sound, .iio, .standardInput, .file:
      false
    }
  }

  /// The poller does not tell of its end: only a read does.
  package var endsInSilence: Bool { if case .iio = self { true } else { false } }

  /// Its file is not the agent's: it comes and goes with a device or another program.
  package var isMadeByOthers: Bool {
    switch self {
    case .serial, .unixClient, .file: true
    case .unix, .unixDatagram, .unixPackets, .can, .sound, .iio, .standardInput: false
    }
  }

  /// Its place in the system's files; nil where it has none.
  package var path: String? {
    switch self {
    case .serial(let path, _), .unix(let path), .unixDatagram(let path), .unixPackets(let path),
      .unixClient(let path), .file(let path):
      path
    case .can, .sound, .iio, .standardInput: nil
    }
  }
}
