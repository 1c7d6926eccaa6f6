import CPlatform

/// Finds the addresses of a name. The C library looks in the hosts file and asks DNS.
enum Resolver {
  /// One address, with its port.
  struct Address {
    fileprivate(set) var storage = sockaddr_storage()
    fileprivate(set) var bytes: socklen_t = 0
    var family: Int32 { Int32(storage.ss_family) }
  }

  private static let configured: Void = cp_configure_resolver()

  /// Waits for the DNS servers: 2 × 3 s for each server in resolv.conf that does not answer. The
  /// variable RES_OPTIONS of the environment can change that. No `cancelDescriptor` ends this wait.
  ///
  /// - Returns: 1…`HTTPLimits.addressesMax` addresses, in the order of RFC 6724.
  /// - Throws: `.resolve`.
  @export(interface)
  static func addresses(of host: String, port: UInt16) throws(HTTPFault) -> [Address] {
    _ = configured
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = 1  // SOCK_STREAM, an enumeration in C
    hints.ai_flags = AI_NUMERICSERV
    var list: UnsafeMutablePointer<addrinfo>?
    let code = host.withCString { host in
      "\(port)".withCString { getaddrinfo(host, $0, &hints, &list) }
    }
    guard code == 0, list != nil else { throw .resolve(code: code) }
    defer { freeaddrinfo(list) }
    var addresses: [Address] = []
    var next = list
    while let entry = next?.pointee, addresses.count < HTTPLimits.addressesMax {
      next = entry.ai_next
      guard let address = entry.ai_addr, entry.ai_addrlen <= MemoryLayout<sockaddr_storage>.size
      else { continue }
      var kept = Address()
      kept.bytes = entry.ai_addrlen
      withUnsafeMutableBytes(of: &kept.storage) {
        $0.copyMemory(
          from: UnsafeRawBufferPointer(start: address, count: Int(entry.ai_addrlen)))
      }
      addresses.append(kept)
    }
    guard !addresses.isEmpty else { throw .resolve(code: EAI_NONAME) }
    return addresses
  }

  /// The C library's words for a code of getaddrinfo(3).
  static func text(_ code: Int32) -> String { String(cString: gai_strerror(code)) }
}
