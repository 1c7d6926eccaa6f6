import CPlatform

/// The arguments and environment variables that the process was started with, and its host.
package enum Environment {
  /// The value of an environment variable; nil if it is not set.
  package static func value(_ name: String) -> String? {
    guard let text = name.withCString({ getenv($0) }) else { return nil }
    return String(cString: text)
  }

  /// The host's name; empty where it has none, or one of more than 63 bytes.
  package static var hostName: String {
    var bytes = InlineArray<64, CChar>(repeating: 0)
    var span = bytes.mutableSpan
    return span.withUnsafeMutableBufferPointer { buffer in
      gethostname(buffer.baseAddress!, buffer.count - 1) == 0
        ? String(cString: buffer.baseAddress!) : ""
    }
  }

  /// The program's arguments without its own name.
  package static var arguments: [String] {
    var arguments: [String] = []
    for index in 1..<max(1, cp_argument_count()) {
      if let argument = cp_argument(index) { arguments.append(String(cString: argument)) }
    }
    return arguments
  }
}
