import Text

/// Finds the end of a body, and takes the bytes of the body out of the chunks of HTTP.
struct BodyDecoder {
  private enum State: Equatable {
    case done
    case length(Int64)
    case untilClose
    case chunkSize
    case chunkData(Int64)
    case chunkEnd
    case trailer
  }

  private var state: State
  private var line: [UInt8] = []
  private var trailerBytes = 0

  /// Bytes of the body; nil when the head does not say it, or when the answer has no body.
  let length: Int64?

  /// Follows RFC 9112 section 6.3, and is stricter: it refuses a head that says the length twice.
  ///
  /// - Parameter isHead: the request was HEAD, whose answer has no body.
  /// - Throws: `.framing`.
  init(_ head: ResponseHead, isHead: Bool) throws(HeadFault) {
    let lengths = head.count("content-length")
    let codings = head.count("transfer-encoding")
    guard lengths <= 1, codings <= 1, lengths + codings <= 1 else { throw .framing }
    var announced: Int64?
    if let text = head.value("content-length") {
      guard let number = Digits.number(text) else { throw .framing }
      announced = number
    }
    if let coding = head.value("transfer-encoding") {
      guard ASCII.lowered(coding) == "chunked", head.minorVersion == 1 else { throw .framing }
    }
    if isHead || head.isInterim || head.status == 204 || head.status == 304 {
      (state, length) = (.done, nil)
    } else if codings == 1 {
      (state, length) = (.chunkSize, nil)
    } else if let announced {
      (state, length) = (announced == 0 ? .done : .length(announced), announced)
    } else {
      (state, length) = (.untilClose, nil)
    }
  }

  var isDone: Bool { state == .done }

  /// Only the end of the connection ends this body, so without TLS a cut body looks whole.
  var isUntilClose: Bool { state == .untilClose }

  /// Takes some of the bytes that the connection has read. The decoder must not be done, and there
  /// has to be a byte.
  ///
  /// - Returns: how many bytes the decoder took, at least 1, and which of them belong to the body.
  @export(interface)
  mutating func take(
    _ bytes: UnsafeRawBufferPointer
  ) throws(ChunkFault) -> (taken: Int, body: Range<Int>) {
    precondition(!isDone && !bytes.isEmpty)
    switch state {
    case .done: return (0, 0..<0)
    case .untilClose: return (bytes.count, 0..<bytes.count)
    case .length(let left):
      let count = Int(min(left, Int64(bytes.count)))
      state = left == Int64(count) ? .done : .length(left - Int64(count))
      return (count, 0..<count)
    case .chunkData(let left):
      let count = Int(min(left, Int64(bytes.count)))
      state = left == Int64(count) ? .chunkEnd : .chunkData(left - Int64(count))
      return (count, 0..<count)
    case .chunkSize, .chunkEnd, .trailer:
      try push(bytes[0])
      return (1, 0..<0)
    }
  }

  private mutating func push(_ byte: UInt8) throws(ChunkFault) {
    if state == .trailer {
      trailerBytes += 1
      guard trailerBytes <= HTTPLimits.trailerBytesMax else { throw .trailer }
    }
    guard byte == UInt8(ascii: "\n") else {
      let linesMax = state == .trailer ? HTTPLimits.lineBytesMax : HTTPLimits.chunkLineBytesMax
      guard line.count < linesMax else { throw .lineTooLong }
      return line.append(byte)
    }
    guard line.popLast() == UInt8(ascii: "\r") else { throw .lineEnd }
    defer { line.removeAll(keepingCapacity: true) }
    switch state {
    case .chunkSize:
      let size = try chunkSize()
      state = size == 0 ? .trailer : .chunkData(size)
    case .chunkEnd:
      guard line.isEmpty else { throw .lineEnd }
      state = .chunkSize
    default:
      guard HeaderText.isValue(line) else { throw .trailer }
      if line.isEmpty { state = .done }
    }
  }

  /// The line has up to 15 hexadecimal digits. An extension may follow; the decoder ignores it.
  private func chunkSize() throws(ChunkFault) -> Int64 {
    let digits = line.prefix { Digits.hexadecimal($0) != nil }
    let rest = line[digits.count...]
    guard (1...15).contains(digits.count), rest.isEmpty || rest.first == UInt8(ascii: ";"),
      HeaderText.isValue(rest)
    else { throw .size }
    return digits.reduce(0) { $0 << 4 | Int64(Digits.hexadecimal($1) ?? 0) }
  }
}
