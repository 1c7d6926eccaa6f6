import CPlatform
import System

/// Tells when a network comes up: an interface gets its carrier, an address or a route
/// (rtnetlink(7)). This does not say that a server can be reached; a try may succeed now.
final class LinkWatcher {
  /// Readable when something changed; -1 where the Linux kernel gives no such socket.
  let descriptor: Int32
  /// Whether each interface, by its index, had its carrier in the last message.
  private var running: [Int32: Bool] = [:]
  private let buffer: UnsafeMutableRawBufferPointer

  init() {
    descriptor = cp_link_socket()
    // The Linux kernel makes no larger message.
    buffer = .allocate(byteCount: 16 << 10, alignment: 16)
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    buffer.deallocate()
  }

  /// What came up.
  enum News: Int {
    case nothing
    /// An address or a route, perhaps one that was there before.
    case address
    case carrier
  }

  /// Takes all messages that came, and returns the best news in them. When the Linux kernel could
  /// not keep a burst of messages, that counts as an address.
  @export(interface)
  func news() -> News {
    guard descriptor >= 0 else { return .nothing }
    var best = News.nothing
    while true {
      let count = uninterrupted {
        recv(descriptor, buffer.baseAddress, buffer.count, Int32(CP_MSG_QUIET))
      }
      if count < 0 { return cp_errno() == ENOBUFS ? best.or(.address) : best }
      guard count > 0 else { return best }
      best = best.or(readMessages(UnsafeRawBufferPointer(rebasing: buffer[..<count])))
    }
  }

  /// Reads messages that follow each other. Each begins with an `nlmsghdr`: length u32, type u16,
  /// and 10 bytes that this watcher does not need.
  @export(interface)
  func readMessages(_ bytes: UnsafeRawBufferPointer) -> News {
    var best = News.nothing
    var start = 0
    while start + 16 <= bytes.count {
      let length = Int(bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self))
      guard length >= 16, start + length <= bytes.count else { break }
      let type = bytes.loadUnaligned(fromByteOffset: start + 4, as: UInt16.self)
      let body = UnsafeRawBufferPointer(rebasing: bytes[start + 16..<start + length])
      best = best.or(readMessage(type, body))
      start += (length + 3) & ~3
    }
    return best
  }

  private func readMessage(_ type: UInt16, _ body: UnsafeRawBufferPointer) -> News {
    switch Int32(type) {
    case CP_RTM_NEWADDR, CP_RTM_NEWROUTE: return .address
    case CP_RTM_NEWLINK where body.count >= 16:
      // `ifinfomsg` has the index, i32, at 4, and the flags, u32, at 8. Wireless drivers send many
      // messages that say nothing new.
      let index = body.loadUnaligned(fromByteOffset: 4, as: Int32.self)
      let flags = body.loadUnaligned(fromByteOffset: 8, as: UInt32.self)
      let isRunning = flags & UInt32(CP_IFF_RUNNING) != 0
      let was = running.updateValue(isRunning, forKey: index)
      return isRunning && was != true ? .carrier : .nothing
    case CP_RTM_DELLINK where body.count >= 16:
      running.removeValue(forKey: body.loadUnaligned(fromByteOffset: 4, as: Int32.self))
      return .nothing
    default: return .nothing
    }
  }
}

extension LinkWatcher.News {
  fileprivate func or(_ other: LinkWatcher.News) -> LinkWatcher.News {
    rawValue >= other.rawValue ? self : other
  }
}
