import Testing

@testable import System

/// Goal: the CRC-32 that zlib and others compute.
/// Method: the published check value, and every single wrong bit of a text.
@Suite struct CRC32Tests {
  @Test func `gives the check values`() {
    #expect(CRC32.of("123456789".utf8) == 0xCBF4_3926)
    #expect(CRC32.of([]) == 0)
    #expect(CRC32.of("The quick brown fox jumps over the lazy dog".utf8) == 0x414F_A339)
  }

  @Test func `finds every wrong bit`() {
    let bytes = Array("a record".utf8)
    for index in bytes.indices {
      for bit in 0..<8 {
        var wrong = bytes
        wrong[index] ^= 1 << UInt8(bit)
        #expect(CRC32.of(wrong) != CRC32.of(bytes))
      }
    }
  }
}
