extension URLFault {
  package var message: String {
    switch self {
    case .tooLong(let bytes, let bytesMax): "an address of \(bytes) bytes; at most \(bytesMax)"
    case .scheme: "not an address that begins with http:// or https://"
    case .user:
      "credentials in an address end up in logs; write them into a file, and name it in "
        + "registry_headers, uplink_headers or proxy_password, on a command line in --header-file"
    case .host: "not a host name, IPv4 address or [IPv6 address]"
    case .port: "not a port from 1 to 65535"
    case .character(let place): "byte \(place + 1) does not belong in an address; write it as %XX"
    case .percent(let place): "no two hexadecimal digits after the % at byte \(place + 1), or %00"
    }
  }
}
