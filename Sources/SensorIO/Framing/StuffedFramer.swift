/// Frames that end with a byte that stands nowhere else, because the sender stuffs it away: COBS,
/// SLIP and HDLC.
///
///     content    payload of 1...1024 bytes, then its check
///     skipped    empty frames: idle lines and careful senders repeat the delimiter
///     resync     the next delimiter
struct StuffedFramer: Framer {
  private let stuffing: Stuffing
  private let check: ChecksumEngine?
  private let isBigEndian: Bool
  private let checkBytes: Int
  private let encodedBytesMax: Int
  /// So many bytes hold no delimiter.
  private var looked = 0
  /// The bytes up to the next delimiter are the rest of a frame.
  private var isDiscarding = false
  /// How the latest frame came, before it was unstuffed in its place.
  private(set) var head = FaultBytes()

  init(_ stuffing: Stuffing, _ check: FrameCheck?) {
    self.stuffing = stuffing
    self.check = check.map { ChecksumEngine($0.kind) }
    isBigEndian = check?.isBigEndian ?? false
    checkBytes = check?.kind.byteCount ?? 0
    encodedBytesMax = stuffing.bytesMax(content: SensorLimits.payloadBytesMax + checkBytes)
  }

  /// A frame and its delimiter.
  var wireBytesMax: Int { encodedBytesMax + 1 }

  mutating func scan(_ bytes: UnsafeMutableRawBufferPointer) -> Scan {
    guard
      let end = UnsafeRawBufferPointer(bytes).firstIndex(of: stuffing.delimiter, from: looked)
    else {
      looked = bytes.count
      if isDiscarding { return .pass(bytes.count, .rest) }
      guard bytes.count > encodedBytesMax else { return .open }
      head = FaultBytes(UnsafeRawBufferPointer(bytes))
      isDiscarding = true
      return tooLong(passes: bytes.count)
    }
    if isDiscarding {
      isDiscarding = false
      return .pass(end + 1, .rest)
    }
    guard end > 0 else { return .pass(1, .idle) }
    head = FaultBytes(UnsafeRawBufferPointer(rebasing: bytes[..<end]))
    guard end <= encodedBytesMax else { return tooLong(passes: end + 1) }
    do throws(FrameError) {
      let count = try stuffing.unstuff(UnsafeMutableRawBufferPointer(rebasing: bytes[..<end]))
      return .frame(content: 0..<(try payloadBytes(bytes, count)), end: end + 1)
    } catch {
      return .fault(error, passes: end + 1, extent: end + 1)
    }
  }

  mutating func passed(_ count: Int) { looked = 0 }

  mutating func reset(joinsMidStream: Bool) { (looked, isDiscarding) = (0, joinsMidStream) }

  /// With a check, what follows has its proof. Without one it may be the rest of the half frame.
  mutating func pause(hadBegun: Bool) { (looked, isDiscarding) = (0, check == nil && hadBegun) }

  /// The length of the payload in a content of so many bytes.
  private func payloadBytes(
    _ bytes: UnsafeMutableRawBufferPointer, _ count: Int
  ) throws(FrameError) -> Int {
    let payload = count - checkBytes
    guard payload <= SensorLimits.payloadBytesMax else {
      throw .payloadTooLong(bytes: SensorLimits.payloadBytesMax + 1)
    }
    guard payload >= 0 else { throw .checksumMissing(bytes: count) }
    if let check {
      let content = UnsafeRawBufferPointer(rebasing: bytes[..<count])
      let computed = check.value(of: UnsafeRawBufferPointer(rebasing: content[..<payload]))
      let received = check.kind.stored(in: content, at: payload, isBigEndian: isBigEndian)
      guard computed == received else {
        throw .checksumMismatch(computed: computed, received: received)
      }
    }
    guard payload > 0 else { throw .payloadEmpty }
    return payload
  }

  private func tooLong(passes: Int) -> Scan {
    .fault(
      .payloadTooLong(bytes: SensorLimits.payloadBytesMax + 1), passes: passes, extent: passes)
  }

  static func encode(
    _ payload: UnsafeRawBufferPointer, _ stuffing: Stuffing, _ check: FrameCheck?,
    to wire: inout [UInt8]
  ) throws(FrameError) {
    guard !payload.isEmpty else { throw .payloadEmpty }
    guard payload.count <= SensorLimits.payloadBytesMax else {
      throw .payloadTooLong(bytes: payload.count)
    }
    var content = Array(payload)
    check?.kind.append(of: payload, isBigEndian: check?.isBigEndian ?? false, to: &content)
    stuffing.stuff(content, to: &wire)
  }
}
