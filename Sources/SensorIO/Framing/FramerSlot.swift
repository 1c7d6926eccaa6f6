/// One of a reader's framers: the one that its settings ask for.
///
/// It is changed where it is. An enum of the framers would be copied for each answer.
struct FramerSlot {
  private enum Kind { case line, packet, stuffed, nmea }
  private let kind: Kind
  private var line: LineFramer?
  private var packet: PacketFramer?
  private var stuffed: StuffedFramer?
  private var nmea: NMEAFramer?
  /// What it has said of these bytes, where it shares the wire and another framer has not decided.
  var answer: Scan?
  /// What the frame that was passed over carries; nil where it is none of its.
  private(set) var content: Range<Int>?

  init(_ settings: FramingSettings) {
    switch settings {
    case .line(let line): (kind, self.line) = (.line, LineFramer(line))
    case .packet(let packet): (kind, self.packet) = (.packet, PacketFramer(packet))
    case .cobs(let check): (kind, stuffed) = (.stuffed, StuffedFramer(.cobs, check))
    case .slip(let check): (kind, stuffed) = (.stuffed, StuffedFramer(.slip, check))
    case .hdlc(let check): (kind, stuffed) = (.stuffed, StuffedFramer(.hdlc, check))
    case .nmea(let nmea): (kind, self.nmea) = (.nmea, NMEAFramer(nmea))
    }
  }

  /// Whether a frame may begin at any byte, and not only behind a delimiter.
  var searches: Bool { kind == .packet || kind == .nmea }

  /// How the latest bad frame came, where the framer has rewritten its bytes.
  var head: FaultBytes? { stuffed?.head }

  var wireBytesMax: Int {
    switch kind {
    case .line: line!.wireBytesMax
    case .packet: packet!.wireBytesMax
    case .stuffed: stuffed!.wireBytesMax
    case .nmea: nmea!.wireBytesMax
    }
  }

  /// Hot.
  mutating func scan(_ bytes: UnsafeMutableRawBufferPointer) -> Scan {
    switch kind {
    case .line: line!.scan(bytes)
    case .packet: packet!.scan(bytes)
    case .stuffed: stuffed!.scan(bytes)
    case .nmea: nmea!.scan(bytes)
    }
  }

  /// Hot: a frame of so many bytes is passed over, which it may have said to be one of its.
  mutating func keepContent(endingAt frameEnd: Int) {
    content = nil
    if case .frame(let found, frameEnd)? = answer { content = found }
  }

  /// Hot: a sound frame of any framing was found here.
  mutating func foundSound() {
    if kind == .packet { packet!.foundSound() }
  }

  /// Hot: so many bytes are passed over. What it knows of the bytes behind them it need not find
  /// out again.
  mutating func pass(_ count: Int) {
    if case .pass(let known, let what)? = answer, known > count, what != .otherKind {
      answer = .pass(known - count, what)
    } else {
      answer = nil
    }
    switch kind {
    case .line: line!.passed(count)
    case .packet: packet!.passed(count)
    case .stuffed: stuffed!.passed(count)
    case .nmea: nmea!.passed(count)
    }
  }

  mutating func reset(joinsMidStream: Bool) {
    answer = nil
    switch kind {
    case .line: line!.reset(joinsMidStream: joinsMidStream)
    case .packet: packet!.reset(joinsMidStream: joinsMidStream)
    case .stuffed: stuffed!.reset(joinsMidStream: joinsMidStream)
    case .nmea: nmea!.reset(joinsMidStream: joinsMidStream)
    }
  }

  /// Hot.
  mutating func pause(hadBegun: Bool) {
    answer = nil
    switch kind {
    case .line: line!.pause(hadBegun: hadBegun)
    case .packet: packet!.pause(hadBegun: hadBegun)
    case .stuffed: stuffed!.pause(hadBegun: hadBegun)
    case .nmea: nmea!.pause(hadBegun: hadBegun)
    }
  }
}
