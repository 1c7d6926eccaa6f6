import CPlatform

/// An http or https address with the parts that a client needs: no user, no fragment.
package struct URL: Equatable, Sendable {
  package enum Scheme: String, Equatable, Sendable {
    case http, https
    var port: UInt16 { self == .https ? 443 : 80 }
  }

  package let scheme: Scheme
  /// Lower case; an IPv6 address without its brackets.
  package let host: String
  package let port: UInt16
  /// Path and query as they go into the request line; begins with `/`.
  package let target: String

  /// - Throws: the fault, with the place of the byte if that helps. It repairs nothing and refuses
  ///   an address that two programs could read differently.
  @export(interface)
  package init(_ text: String) throws(URLFault) {
    let bytes = Array(text.utf8)
    guard bytes.count <= URLLimits.urlBytesMax else {
      throw .tooLong(bytes: bytes.count, bytesMax: URLLimits.urlBytesMax)
    }
    try Self.checkCharacters(bytes)
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
      let scheme = Scheme(rawValue: ASCII.lowered(bytes[..<colon])),
      bytes[(colon + 1)...].starts(with: "//".utf8)
    else { throw .scheme }
    self.scheme = scheme
    let start = colon + 3
    let end =
      bytes[start...].firstIndex {
        [UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#")].contains($0)
      }
      ?? bytes.endIndex
    (host, port) = try Self.authority(bytes[start..<end], scheme: scheme)
    target = Self.target(bytes[end...])
  }

  private init(_ base: URL, target: String) {
    (scheme, host, port, self.target) = (base.scheme, base.host, base.port, target)
  }

  /// The address to which a `Location` header of this address leads (RFC 3986 section 5.2). It
  /// resolves `.` and `..` in a path.
  @export(interface)
  package func resolving(_ reference: String) throws(URLFault) -> URL {
    let bytes = Array(reference.utf8)
    guard bytes.count <= URLLimits.urlBytesMax else {
      throw .tooLong(bytes: bytes.count, bytesMax: URLLimits.urlBytesMax)
    }
    try Self.checkCharacters(bytes)
    if bytes.starts(with: "//".utf8) { return try URL(scheme.rawValue + ":" + reference) }
    let firstMark = bytes.firstIndex { Self.delimiters.contains($0) }
    if let firstMark, bytes[firstMark] == UInt8(ascii: ":") { return try URL(reference) }
    let own = Array(target.utf8)
    let path = own.prefix { $0 != UInt8(ascii: "?") }
    switch bytes.first {
    case nil, UInt8(ascii: "#"): return self
    case UInt8(ascii: "/"): return URL(self, target: Self.target(bytes[...]))
    case UInt8(ascii: "?"): return URL(self, target: Self.target(path + bytes))
    default:
      let folder = path.lastIndex(of: UInt8(ascii: "/")).map { path[...$0] } ?? [UInt8(ascii: "/")]
      return URL(self, target: Self.target((folder + bytes)[...]))
    }
  }

  /// The value of the Host field. It has the port only if that is not the scheme's default.
  package var authority: String { port == scheme.port ? bracketedHost : hostAndPort }

  /// Always with the port, as CONNECT wants it.
  package var hostAndPort: String { "\(bracketedHost):\(port)" }

  package var text: String { "\(scheme.rawValue)://\(authority)\(target)" }

  /// The text for people, logs and state files: no value of the query that is named like a secret.
  package var shownText: String { SecretText.address(text) }

  /// True when scheme, host and port are equal: credentials for one address are then meant for the
  /// other, too.
  package func hasOrigin(of other: URL) -> Bool {
    scheme == other.scheme && host == other.host && port == other.port
  }

  package var isAddressLiteral: Bool { Self.isIPv4(host) || host.utf8.contains(UInt8(ascii: ":")) }

  private var bracketedHost: String {
    host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
  }

  private static let delimiters: [UInt8] = [
    UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"),
  ]

  /// Accepts only printable ASCII characters that RFC 3986 allows, and complete percent escapes.
  private static func checkCharacters(_ bytes: [UInt8]) throws(URLFault) {
    for (index, byte) in bytes.enumerated() {
      guard 0x21...0x7E ~= byte, !"\"<>\\^`{|}".utf8.contains(byte) else {
        throw .character(at: index)
      }
      guard byte == UInt8(ascii: "%") else { continue }
      guard index + 2 < bytes.count, let high = Digits.hexadecimal(bytes[index + 1]),
        let low = Digits.hexadecimal(bytes[index + 2]), high << 4 | low != 0
      else { throw .percent(at: index) }
    }
  }

  private static func authority(
    _ bytes: ArraySlice<UInt8>, scheme: Scheme
  ) throws(URLFault) -> (host: String, port: UInt16) {
    guard !bytes.contains(UInt8(ascii: "@")) else { throw .user }
    if bytes.first == UInt8(ascii: "[") {
      guard let end = bytes.firstIndex(of: UInt8(ascii: "]")) else { throw .host }
      let host = ASCII.lowered(bytes[(bytes.startIndex + 1)..<end])
      guard isIPv6(host) else { throw .host }
      return (host, try port(bytes[(end + 1)...], scheme: scheme))
    }
    let end = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
    let host = ASCII.lowered(bytes[..<end])
    try checkName(host)
    return (host, try port(bytes[end...], scheme: scheme))
  }

  /// `:8080`, or nothing.
  private static func port(
    _ bytes: ArraySlice<UInt8>, scheme: Scheme
  ) throws(URLFault) -> UInt16 {
    guard let colon = bytes.first else { return scheme.port }
    let digits = bytes.dropFirst()
    guard colon == UInt8(ascii: ":"), (1...5).contains(digits.count),
      digits.allSatisfy(Digits.isDecimal),
      let port = UInt16(String(decoding: digits, as: UTF8.self)), port > 0
    else { throw .port }
    return port
  }

  /// Accepts letters, digits, `-`, `_` and dots. A name that ends in a number must be an IPv4
  /// address in four parts: the C library would also accept `127.1` and `0x7f000001`.
  private static func checkName(_ host: String) throws(URLFault) {
    let bytes = Array(host.utf8)
    guard !bytes.isEmpty, bytes.count <= URLLimits.hostBytesMax,
      bytes.allSatisfy({ Digits.isDecimal($0) || 0x61...0x7A ~= $0 || "-_.".utf8.contains($0) })
    else { throw .host }
    var labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    if labels.last?.isEmpty == true { labels.removeLast() }
    guard let last = labels.last,
      labels.allSatisfy({ (1...URLLimits.labelBytesMax).contains($0.count) })
    else { throw .host }
    let isNumber = last.allSatisfy(Digits.isDecimal) || last.starts(with: "0x".utf8)
    guard !isNumber || isIPv4(host) else { throw .host }
  }

  private static func isIPv4(_ host: String) -> Bool {
    var address = in_addr()
    return host.withCString { inet_pton(AF_INET, $0, &address) } == 1
  }

  private static func isIPv6(_ host: String) -> Bool {
    var address = in6_addr()
    return host.withCString { inet_pton(AF_INET6, $0, &address) } == 1
  }

  /// Path and query without the fragment, with `.` and `..` resolved; `/` if there is no path.
  private static func target(_ bytes: ArraySlice<UInt8>) -> String {
    let whole = bytes.prefix { $0 != UInt8(ascii: "#") }
    let path = whole.prefix { $0 != UInt8(ascii: "?") }
    var kept: [ArraySlice<UInt8>] = []
    var segments = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    if segments.first?.isEmpty == true { segments.removeFirst() }
    for (index, segment) in segments.enumerated() {
      let isLast = index == segments.count - 1
      if segment.elementsEqual("..".utf8) {
        if !kept.isEmpty { kept.removeLast() }
        if isLast { kept.append([]) }
      } else if segment.elementsEqual(".".utf8) {
        if isLast { kept.append([]) }
      } else {
        kept.append(segment)
      }
    }
    var text = kept.isEmpty ? [UInt8(ascii: "/")] : []
    for segment in kept { text += [UInt8(ascii: "/")] + segment }
    return String(decoding: text + whole[path.endIndex...], as: UTF8.self)
  }
}

/// Bounds of the addresses that are accepted.
enum URLLimits {
  /// The longest addresses that the agent needs are presigned ones of object stores: about 2 KiB.
  static let urlBytesMax = 4096
  /// RFC 1035.
  static let hostBytesMax = 253
  static let labelBytesMax = 63
}

/// Why a text is no address that the client can use. No case holds any of the text, since that may
/// have a password.
package enum URLFault: Error, Equatable, Sendable {
  case tooLong(bytes: Int, bytesMax: Int)
  case scheme
  /// `user:password@`: addresses end up in logs, so credentials must come from a file.
  case user
  case host
  case port
  case character(at: Int)
  case percent(at: Int)
}
