import Testing

@testable import Text

/// Goal: values are read exactly and know their places, and every fault is named at its place.
/// Method: short documents, for everything that the conformance suite does not test (places, kinds,
/// limits).
@Suite struct TOMLReaderTests {
  @Test func `keys and values know where they stand`() throws {
    let document = """
      a = 1 # é
      "é" = { b.c = [ true,
        'x' ] }
      [d.e]
      f = \"""
      two
      lines\"""
      g = 1
      [[h]]
      [[h]]
      """
    let root = try TOMLReader.read(Array(document.utf8), file: "t")
    #expect(place(try entry(root, "a")) == [1, 1, 1, 5])
    let quoted = try entry(root, "é")
    #expect(place(quoted) == [2, 1, 2, 7])
    let b = try entry(try table(quoted), "b")
    #expect(place(b) == [2, 9, 2, 9])
    let c = try entry(try table(b), "c")
    #expect(place(c) == [2, 11, 2, 15])
    guard case .array(let array) = c.value.content else { return #expect(Bool(false)) }
    #expect(array.elements.map { $0.place.text } == ["t:2:17", "t:3:3"])
    let d = try entry(root, "d")
    #expect(place(d) == [4, 2, 4, 2])
    let e = try entry(try table(d), "e")
    #expect(place(e) == [4, 4, 4, 1])
    #expect(place(try entry(try table(e), "f")) == [5, 1, 5, 5])
    #expect(place(try entry(try table(e), "g")) == [8, 1, 8, 5])
    guard case .array(let tables) = try entry(root, "h").value.content else {
      return #expect(Bool(false))
    }
    #expect(tables.elements.map { $0.place.text } == ["t:9:1", "t:10:1"])
  }

  @Test func `a byte order mark and carriage returns have no column`() throws {
    let root = try TOMLReader.read(Array("\u{FEFF}a = 1\r\n  b = 2\r\n".utf8), file: "t")
    #expect(place(try entry(root, "a")) == [1, 1, 1, 5])
    #expect(place(try entry(root, "b")) == [2, 3, 2, 7])
  }

  /// For Swift's strings these two are equal.
  @Test func `keys are equal by their bytes`() throws {
    let root = try TOMLReader.read(Array("\"\u{E9}\" = 1\n\"e\u{301}\" = 2".utf8), file: "t")
    #expect(root.entries.count == 2)
    guard case .integer(2) = try entry(root, "e\u{301}").value.content else {
      return #expect(Bool(false))
    }
  }

  @Test(
    arguments: [
      ("0.1", 0.1), ("1e23", 1e23), ("9007199254740993.0", 9_007_199_254_740_992),
      ("2.2250738585072011e-308", Double(bitPattern: 0xF_FFFF_FFFF_FFFF)),
      ("5e-324", .leastNonzeroMagnitude), ("1e-400", 0),
      ("1_0.2_5e+0_1", 102.5), ("-1.7976931348623157e308", -.greatestFiniteMagnitude),
      ("1.00000000000000011102230246251565404", 1),
      ("1.000000000000000111022302462515654043", 1.0000000000000002),
    ] as [(String, Double)])
  func `floats are rounded correctly`(text: String, expected: Double) throws {
    let root = try TOMLReader.read(Array("a = \(text)".utf8), file: "t")
    guard case .float(let value) = try entry(root, "a").value.content else {
      return #expect(Bool(false))
    }
    #expect(value == expected)
  }

  @Test func `the sign of zero is kept`() throws {
    let root = try TOMLReader.read(Array("a = -0.0".utf8), file: "t")
    guard case .float(let value) = try entry(root, "a").value.content else {
      return #expect(Bool(false))
    }
    #expect(value.sign == .minus)
  }

  @Test(arguments: [
    ("9223372036854775807", Int64.max), ("-9223372036854775808", .min), ("+0", 0), ("-0", 0),
    ("0x7FFF_ffff_FFFF_ffff", .max), ("0o17", 15), ("0b101", 5),
  ])
  func `integers`(text: String, expected: Int64) throws {
    let root = try TOMLReader.read(Array("a = \(text)".utf8), file: "t")
    guard case .integer(let value) = try entry(root, "a").value.content else {
      return #expect(Bool(false))
    }
    #expect(value == expected)
  }

  @Test func `dates are normalised`() throws {
    let document = "a = 1979-05-27 07:32:00.50z\nb = 2000-02-29t23:59:60\nc = 00:00:00"
    let root = try TOMLReader.read(Array(document.utf8), file: "t")
    guard case .offsetDateTime("1979-05-27T07:32:00.50Z") = try entry(root, "a").value.content,
      case .localDateTime("2000-02-29T23:59:60") = try entry(root, "b").value.content,
      case .localTime("00:00:00") = try entry(root, "c").value.content
    else { return #expect(Bool(false)) }
  }

  // MARK: Limits

  @Test(arguments: [1, 32, 33])
  func `depth`(count: Int) {
    let arrays = String(repeating: "[", count: count) + String(repeating: "]", count: count)
    let open = String(repeating: "{a=", count: count - 1)
    let close = String(repeating: "}", count: count - 1)
    let path = (0..<count).map { _ in "a" }.joined(separator: ".")
    let expected: TOMLErrorKind? = count > TOMLLimits.depthMax ? .tooDeep : nil
    #expect(fault("a = \(arrays)")?.kind == expected)
    #expect(fault("a = \(open)1\(close)")?.kind == expected)
    #expect(fault("a = \(open){}\(close)")?.kind == expected)
    #expect(fault("\(path) = 1")?.kind == expected)
    #expect(fault("[\(path)]")?.kind == expected)
    #expect(fault("[[\(path)]]")?.kind == expected)
    #expect(fault("[\(path)]\nb = 1")?.kind == (count > 31 ? .tooDeep : nil))
  }

  @Test(arguments: [65_535, 65_536])
  func `values`(elements: Int) {
    let array = String(repeating: "1,", count: elements)
    #expect(fault("a = [\(array)]")?.kind == (elements > 65_535 ? .tooManyValues : nil))
  }

  @Test(arguments: [1024, 1025])
  func `keys`(count: Int) {
    let keys = (0..<count).map { "k\($0) = 1\n" }.joined()
    let headers = (0..<count).map { "[k\($0)]\n" }.joined()
    let expected: TOMLErrorKind? = count > 1024 ? .tooManyKeys : nil
    #expect(fault(keys)?.kind == expected)
    #expect(fault("[t]\n\(keys)")?.kind == expected)
    #expect(fault(headers)?.kind == expected)
    #expect(fault(headers)?.place.line == (count > 1024 ? 1025 : nil))
  }

  @Test(arguments: [1 << 20, 1 << 20 + 1])
  func `bytes`(count: Int) {
    let document = "#" + String(repeating: "x", count: count - 1)
    let expected: TOMLErrorKind? = count > 1 << 20 ? .documentTooLong(bytes: count) : nil
    #expect(fault(document)?.kind == expected)
  }

  // MARK: Helpers

  private func fault(_ document: String) -> TOMLError? {
    do throws(TOMLError) {
      _ = try TOMLReader.read(Array(document.utf8), file: "t")
      return nil
    } catch {
      return error
    }
  }

  private func entry(_ table: TOMLTable, _ key: String) throws -> TOMLEntry {
    try #require(table.entry(key))
  }

  private func table(_ entry: TOMLEntry) throws -> TOMLTable {
    guard case .table(let table) = entry.value.content else { return try #require(nil) }
    return table
  }

  /// The line and column of the key and of the value.
  private func place(_ entry: TOMLEntry) -> [Int] {
    [entry.place.line, entry.place.column, entry.value.place.line, entry.value.place.column]
  }
}
