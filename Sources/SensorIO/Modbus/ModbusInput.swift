/// Looks for an answer in the bytes that a line brings.
///
///     answer      unit, function, count of data bytes, data, check
///     exception   unit, function + 128, code, check
///
/// The length comes first: an answer's head says how many bytes it has, and its check proves them.
/// Silence is second: it ends what only looked like the beginning of an answer. So the pieces in
/// which bytes arrive change nothing.
///
/// Whole answers of other units and functions are found too, and so nothing inside them is taken
/// for what was asked. The request itself, as an adapter echoes it, is passed over.
///
/// An answer may equal its request: coils from 0x0300 to 0x03FF, 21 to 24 of them. Such bytes are
/// passed over too, and are the answer where nothing else comes in time, on a line without echo.
///
/// Hot: allocates nothing.
struct ModbusInput {
  enum Finding {
    /// Nothing can be told before more bytes come.
    case open
    /// What was asked for: its data, until the next call.
    case answer(UnsafeRawBufferPointer)
    /// Of the unit and function that were asked.
    case exception(UInt8)
    /// A sound answer, with so many bytes of data, to something else.
    case stray(unit: UInt8, function: UInt8, dataBytes: Int)
    /// A sound exception of another unit or function.
    case strayException(unit: UInt8, function: UInt8)
  }

  private let buffer: UnsafeMutableRawBufferPointer
  private let check = ChecksumEngine(.crc16Modbus)
  /// The held bytes are from `start` to `end`.
  private var start = 0
  private var end = 0
  private var wanted: ModbusRequest?
  private var echo = InlineArray<8, UInt8>(repeating: 0)
  /// The bytes of the request have come.
  private var isEchoed = false
  /// The line has echoed a request, and has brought no answer without an echo since.
  private var lineEchoes = false

  /// The first bytes since the request.
  private(set) var head = FaultBytes()
  /// How many came since then, without those of stray answers and of the echo.
  private(set) var byteCount = 0
  /// The first answer whose head was right and whose check was not.
  private(set) var damage: (computed: UInt16, received: UInt16)?

  init() {
    buffer = .allocate(byteCount: ModbusLimits.inputBytesMax, alignment: 8)
  }

  func deallocate() { buffer.deallocate() }

  /// Whether bytes are held of which nothing can be told yet.
  var isMidAnswer: Bool { start < end }

  /// Drops what is held, and looks for the answer to this request from now on; nil: to none.
  mutating func expect(_ request: ModbusRequest?, frame: InlineArray<8, UInt8>) {
    (start, end, byteCount, damage) = (0, 0, 0, nil)
    (wanted, echo, head) = (request, frame, FaultBytes())
    isEchoed = false
  }

  /// The line is another.
  mutating func forget() {
    expect(nil, frame: InlineArray(repeating: 0))
    lineEchoes = false
  }

  /// The answer's data, until the next call, where the bytes that were passed over as the request's
  /// are an answer to it as well. For when its time is over and nothing else has come.
  mutating func answerInEcho() -> UnsafeRawBufferPointer? {
    guard isEchoed, !lineEchoes, let wanted, echoMayAnswer(wanted) else { return nil }
    (start, end) = (0, 0)
    for index in 0..<wanted.dataBytes { buffer[index] = echo[3 + index] }
    return UnsafeRawBufferPointer(rebasing: buffer[..<wanted.dataBytes])
  }

  /// The request's address begins as its answer does, with the count of data bytes. Both have the
  /// same length then, and so the same check.
  private func echoMayAnswer(_ request: ModbusRequest) -> Bool {
    request.answerBytes == 8 && Int(echo[2]) == request.dataBytes
  }

  /// The answer is there, or was given up: what comes behind it is none.
  mutating func settle() { wanted = nil }

  /// Takes over as many of the bytes as there is room for: at least one, where `look` has said
  /// `.open`.
  mutating func append(_ bytes: UnsafeRawBufferPointer) -> Int {
    if start > 0 {
      buffer.move(start..<end, to: 0)
      (start, end) = (0, end - start)
    }
    let count = min(bytes.count, buffer.count - end)
    let taken = UnsafeRawBufferPointer(rebasing: bytes[..<count])
    UnsafeMutableRawBufferPointer(rebasing: buffer[end..<end + count]).copyMemory(from: taken)
    if damage == nil { head.append(taken) }
    end += count
    byteCount += count
    return count
  }

  /// What the first held bytes are; they are passed over.
  ///
  /// - Parameters:
  ///   - isSilent: what only looks like the beginning of something else is nothing.
  ///   - isOver: what looks like the beginning of the answer is nothing either.
  mutating func look(isSilent: Bool = false, isOver: Bool = false) -> Finding {
    while start < end {
      switch classify() {
      case .none: start += 1
      case .begun(let isWanted):
        guard isOver || isSilent && !isWanted else { return .open }
        start += 1
      case .damaged(let isWanted):
        if isWanted && damage == nil { noteDamage() }
        start += 1
      case .echo:
        start += 8
        byteCount -= 8
        isEchoed = true
        if let wanted, !echoMayAnswer(wanted) { lineEchoes = true }
      case .whole(let length):
        let place = start
        start += length
        return finding(place, length)
      }
    }
    return .open
  }

  /// What may begin at the first held byte.
  private enum Beginning {
    case none
    case begun(isWanted: Bool)
    case damaged(isWanted: Bool)
    case echo
    case whole(length: Int)
  }

  private func classify() -> Beginning {
    let count = end - start
    let unit = buffer[start]
    let isOfUnit = unit == wanted?.unit
    guard isOfUnit || (1...247).contains(unit) else { return .none }
    let isEcho = matchesEcho(count)
    if isEcho && count >= 8 { return .echo }
    guard count >= 2 else { return .begun(isWanted: isOfUnit) }
    let code = buffer[start + 1]
    guard ModbusFunction(rawValue: code & 0x7F) != nil else { return .none }
    let isOfFunction = isOfUnit && code & 0x7F == wanted?.function.rawValue
    var (length, isWanted) = (5, isOfFunction)
    if code < 0x80 {
      guard count >= 3 else { return .begun(isWanted: isOfFunction) }
      let dataBytes = Int(buffer[start + 2])
      guard (1...250).contains(dataBytes) else {
        return isEcho ? .begun(isWanted: false) : .none
      }
      length += dataBytes
      isWanted = isOfFunction && dataBytes == wanted?.dataBytes
    }
    guard count >= length else { return .begun(isWanted: isWanted) }
    if isEcho { return .begun(isWanted: false) }
    return checks(length) ? .whole(length: length) : .damaged(isWanted: isWanted)
  }

  /// Whether the held bytes are the request's, as far as they go.
  private func matchesEcho(_ count: Int) -> Bool {
    guard wanted != nil, !isEchoed else { return false }
    for index in 0..<min(count, 8) where buffer[start + index] != echo[index] { return false }
    return true
  }

  /// What this answer tells of the line. One that equals the request may be its second copy.
  private mutating func noteEcho(_ place: Int, _ length: Int) {
    guard isEchoed else {
      lineEchoes = false
      return
    }
    for index in 0..<min(length, 8) where buffer[place + index] != echo[index] {
      lineEchoes = true
    }
  }

  private func sums(_ length: Int) -> (computed: UInt16, received: UInt16) {
    let bytes = UnsafeRawBufferPointer(rebasing: buffer[start..<start + length - 2])
    let received = UInt16(buffer[start + length - 2]) | UInt16(buffer[start + length - 1]) << 8
    return (UInt16(truncatingIfNeeded: check.value(of: bytes)), received)
  }

  private func checks(_ length: Int) -> Bool {
    let (computed, received) = sums(length)
    return computed == received
  }

  private mutating func noteDamage() {
    guard let wanted else { return }
    let length = buffer[start + 1] < 0x80 ? wanted.answerBytes : 5
    damage = sums(length)
    head = FaultBytes(UnsafeRawBufferPointer(rebasing: buffer[start..<start + length]))
  }

  private mutating func finding(_ place: Int, _ length: Int) -> Finding {
    let (unit, code) = (buffer[place], buffer[place + 1])
    let isOfFunction = unit == wanted?.unit && code & 0x7F == wanted?.function.rawValue
    if code >= 0x80 {
      if isOfFunction { return .exception(buffer[place + 2]) }
      byteCount -= length
      return .strayException(unit: unit, function: code & 0x7F)
    }
    let data = UnsafeRawBufferPointer(rebasing: buffer[place + 3..<place + length - 2])
    if isOfFunction && data.count == wanted?.dataBytes {
      noteEcho(place, length)
      return .answer(data)
    }
    byteCount -= length
    return .stray(unit: unit, function: code, dataBytes: data.count)
  }
}
