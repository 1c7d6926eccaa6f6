import CPlatform

/// Opens files at paths where another program may have put something that is no file.
///
/// An open of a FIFO waits until somebody writes it, and a read of `/dev/zero` has no end. So every
/// open here is non-blocking and refuses what is no regular file. `fstat` on the descriptor
/// decides, because another program may swap the path between two calls. A look at the path before
/// that spares a device the open, which alone can reset a board behind a serial line or arm a
/// watchdog.
///
/// The opens are bounded in time as far as a process can bound them: a regular file on a disk that
/// does not answer still keeps its reader.
///
/// What is meant to be a device, a FIFO or a pipe has functions of its own: `openDescriptor` for
/// ports, `Files.readStream` and `Files.writeStream` for what a person names on a command line.
extension Files {
  /// What to do with a path whose last part is a symbolic link.
  package enum Links: Equatable, Sendable {
    /// For paths that an owner writes down: configurations and secrets often are links.
    case followed
    /// For the content of folders that others fill.
    case refused
  }

  /// What lies where a regular file has to be.
  package enum Oddity: Equatable, Sendable { case fifo, socket, device, link }

  /// Opens a regular file.
  ///
  /// - Parameters:
  ///   - flags: those of open(2) that say what the caller wants to do. With O_CREAT this makes the
  ///     file if nothing is there.
  ///   - mode: the rights of a file that this makes.
  /// - Throws: `.notRegular` for a FIFO, a socket, a device, and for a link that is refused;
  ///   `.system(EISDIR)` for a folder.
  package static func openRegular(
    _ path: String, flags: Int32 = O_RDONLY, mode: mode_t = 0o644, links: Links = .followed
  ) throws(Failure) -> Descriptor {
    try checkPlace(path, links)
    let noFollow = links == .refused ? O_NOFOLLOW : 0
    let flags = flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | noFollow
    let raw = uninterrupted { path.withCString { cp_open($0, flags, mode) } }
    guard raw >= 0 else { throw refusal(cp_errno(), path, links) }
    let descriptor = Descriptor(owning: raw)
    try checkType(fileType(raw))
    return descriptor
  }

  /// Throws where the path names something else than a regular file. Nothing at the path is no
  /// fault here.
  private static func checkPlace(_ path: String, _ links: Links) throws(Failure) {
    var status = stat()
    let found = path.withCString { links == .refused ? lstat($0, &status) : stat($0, &status) }
    guard found == 0 else { return }
    try checkType(UInt32(status.st_mode) & CP_S_IFMT)
  }

  static func checkType(_ type: UInt32) throws(Failure) {
    switch type {
    case CP_S_IFREG: return
    case CP_S_IFDIR: throw .system(code: EISDIR)
    case CP_S_IFIFO: throw .notRegular(.fifo)
    case CP_S_IFSOCK: throw .notRegular(.socket)
    case CP_S_IFLNK: throw .notRegular(.link)
    default: throw .notRegular(.device)
    }
  }

  /// The failure of an open. ELOOP and ENXIO mean that the path was swapped since the look at it,
  /// or that links go in a circle.
  private static func refusal(_ code: Int32, _ path: String, _ links: Links) -> Failure {
    if code == ELOOP, links == .refused { return .notRegular(.link) }
    guard code == ENXIO else { return .system(code: code) }
    do throws(Failure) {
      try checkPlace(path, links)
      return .system(code: code)
    } catch {
      return error
    }
  }
}

extension Files.Oddity {
  var text: String {
    switch self {
    case .fifo: "a FIFO"
    case .socket: "a socket"
    case .device: "a device"
    case .link: "a symbolic link"
    }
  }
}
