/// One part of a dotted key and where it stands.
struct TOMLKey {
  let text: String
  let place: SourcePlace
}

extension TOMLReader {
  /// Reads `a . "b" . c`: at least one part. It skips the blanks around each part.
  ///
  /// - Parameter depth: the depth of the table that the key is in.
  mutating func keyPath(depth: Int) throws(TOMLError) -> [TOMLKey] {
    var path: [TOMLKey] = []
    repeat {
      skipBlanks()
      guard depth + path.count < TOMLLimits.depthMax else { throw error(.tooDeep) }
      path.append(try key())
      skipBlanks()
    } while take(".")
    return path
  }

  private mutating func key() throws(TOMLError) -> TOMLKey {
    let start = place
    guard peek != UInt8(ascii: "\""), peek != UInt8(ascii: "'") else {
      guard peek(1) != peek || peek(2) != peek else { throw error(.multiLineKey) }
      return TOMLKey(text: try string(), place: start)
    }
    var text: [UInt8] = []
    while let byte = peek, Self.isBareKey(byte) {
      text.append(byte)
      advance()
    }
    guard !text.isEmpty else { throw error(.expectedKey) }
    return TOMLKey(text: String(decoding: text, as: UTF8.self), place: start)
  }

  private static func isBareKey(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
