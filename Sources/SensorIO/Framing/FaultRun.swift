/// Makes one fault of what one fault of the wire has caused.
///
/// A lost byte makes a frame's check wrong, and every later byte up to the next sound frame may
/// seem to begin a frame that is wrong too. These have one cause: what is found wrong within the
/// extent of a bad frame is not counted again.
///
/// A frame whose start was hit is no bad frame: it is noise. Noise that is as long as the frame
/// before it, give or take a byte, is taken for such a frame. Other noise is nothing, unless it
/// goes on for twice the longest frame: then a person should know that no frame is found.
struct FaultRun {
  private let longest: Int
  /// So many of the next bytes belong to a fault that was counted.
  private var bytesOwned = 0
  /// The noise since the last frame or fault, and how it begins.
  private var noiseBytes = 0
  private(set) var noiseHead = FaultBytes()
  /// The length of the latest sound frame.
  private var frameBytes: Int?

  /// - Parameter longest: the longest frame on the wire, in bytes.
  init(longest: Int) { self.longest = longest }

  /// - Parameter joinsMidStream: what is wrong within one frame's length is the end of one whose
  ///   start was missed.
  mutating func reset(joinsMidStream: Bool) {
    (bytesOwned, noiseBytes, frameBytes) = (joinsMidStream ? longest : 0, 0, nil)
  }

  /// Hot: what is wrong within the next bytes has been counted.
  mutating func own(_ count: Int) { bytesOwned = max(bytesOwned, count) }

  /// Hot: so many bytes are passed over.
  mutating func pass(_ count: Int) { bytesOwned = max(0, bytesOwned - count) }

  /// Hot: a bad frame begins here, before its bytes are passed over.
  ///
  /// - Returns: whether it is a fault of its own.
  mutating func isNew(extent: Int) -> Bool {
    guard bytesOwned == 0 else { return false }
    (bytesOwned, noiseBytes) = (extent, 0)
    return true
  }

  /// Hot: these bytes are noise, and passed over.
  ///
  /// - Returns: how many faults that makes.
  mutating func noise(_ bytes: UnsafeRawBufferPointer) -> Int {
    let owned = min(bytesOwned, bytes.count)
    bytesOwned -= owned
    guard owned < bytes.count else { return 0 }
    if noiseBytes == 0 { noiseHead = FaultBytes(UnsafeRawBufferPointer(rebasing: bytes[owned...])) }
    noiseBytes += bytes.count - owned
    let faults = noiseBytes / noiseBytesMax
    noiseBytes -= faults * noiseBytesMax
    return faults
  }

  /// Noise of this length is a fault.
  var noiseBytesMax: Int { 2 * longest }

  /// Hot: a sound frame of so many bytes ends what was wrong.
  ///
  /// - Returns: the fault that the noise before it was.
  mutating func sound(_ count: Int) -> FrameError? {
    let noise = noiseBytes
    let isHit = frameBytes.map { noise > 0 && abs(noise - $0) <= 1 } ?? false
    (bytesOwned, noiseBytes, frameBytes) = (0, 0, count)
    return isHit ? .startMissing(bytes: noise) : nil
  }
}
