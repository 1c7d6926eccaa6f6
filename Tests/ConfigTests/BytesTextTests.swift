import Testing

@testable import Config

/// Goal: a person writes bytes as text or in hexadecimal, in a file and on a command line.
@Suite struct BytesTextTests {
  @Test(
    arguments: [
      ("ON\r\n", Array("ON\r\n".utf8)), ("hex:A0 01", [0xA0, 1]), ("hex:a001", [0xA0, 1]),
      ("", nil), ("hex:", nil), ("hex:A", nil), ("hex:xy", nil), ("hexagon", Array("hexagon".utf8)),
      (String(repeating: "x", count: 256), [UInt8](repeating: 0x78, count: 256)),
      (String(repeating: "x", count: 257), nil),
    ] as [(String, [UInt8]?)])
  func `as a configuration has it`(text: String, bytes: [UInt8]?) {
    #expect(BytesText.parse(text)?.bytes == bytes)
  }

  @Test(
    arguments: [
      (#"MEAS?\r\n"#, Array("MEAS?\r\n".utf8)), (#"a\tb\\c"#, Array("a\tb\\c".utf8)),
      ("hex:05", [5]), (#"\x05"#, nil), (#"end\"#, nil), ("", nil),
    ] as [(String, [UInt8]?)])
  func `as a command line has it`(text: String, bytes: [UInt8]?) {
    #expect(BytesText.parseEscaped(text)?.bytes == bytes)
  }

  @Test(arguments: ["ON\r\n", "hex:A0 01 FF", "{x}"])
  func `what is written reads as the same`(text: String) throws {
    let one = try #require(BytesText.parse(text))
    #expect(BytesText.parse(one.written) == one)
  }
}
