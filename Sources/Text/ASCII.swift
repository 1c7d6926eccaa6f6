/// Lower case for the words of protocols, which have only ASCII letters; other bytes stay as they
/// are.
package enum ASCII {
  package static func lowered(_ byte: UInt8) -> UInt8 { 0x41...0x5A ~= byte ? byte | 0x20 : byte }

  package static func lowered(_ bytes: some Sequence<UInt8>) -> String {
    String(decoding: bytes.map { lowered($0) }, as: UTF8.self)
  }

  package static func lowered(_ text: String) -> String { lowered(text.utf8) }
}
