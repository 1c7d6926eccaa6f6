import CPlatform
import Synchronization
import System

/// Makes frames of a device's scans, in which every device looks alike:
///
///     value       float64, little-endian, physical: (raw + offset) · scale; one a field
///     time        int64, little-endian: CLOCK_BOOTTIME, nanoseconds
///
/// A scan without a time, or with 0 for it, has the time at which it was read.
///
/// So the decoder of a sensor needs not know the device, which may be plugged in later, and a
/// recording needs no sysfs to be replayed.
final class ScanReader: DeviceReading, @unchecked Sendable {
  struct Field {
    var packed: PackedField
    var scale: Double
    var offset: Double
  }

  private let fields: UnsafeMutableBufferPointer<Field>
  private let times: UnsafeMutableBufferPointer<PackedField>
  private let scanBytes: Int
  private let frameBytes: Int
  private let scans: UnsafeMutableRawBufferPointer
  /// What one read asks for: no more than the poller's sign says is there.
  private var scansPerRead: Int
  /// Of a scan that has not come as a whole; the Linux kernel gives none.
  private var heldBytes = 0
  private let enableFile: String
  private let isRunning = Atomic<Bool>(false)

  /// - Parameters:
  ///   - times: where a scan may have its time, `ScanLayout.times`; empty: it has none.
  ///   - scanBytes: 1...`IIOLimits.scanBytesMax`.
  ///   - enableFile: a 0 in it stops the device.
  init(_ fields: [Field], times: [PackedField], scanBytes: Int, enableFile: String) {
    precondition((1...IIOLimits.scanBytesMax).contains(scanBytes))
    self.fields = .allocate(capacity: fields.count)
    _ = self.fields.initialize(from: fields)
    self.times = .allocate(capacity: times.count)
    _ = self.times.initialize(from: times)
    self.scanBytes = scanBytes
    frameBytes = 8 * (fields.count + 1)
    scansPerRead = max(1, IIOLimits.readBytes / scanBytes)
    scans = .allocate(byteCount: scansPerRead * scanBytes, alignment: 8)
    self.enableFile = enableFile
  }

  deinit {
    fields.deallocate()
    times.deallocate()
    scans.deallocate()
  }

  func bytesMax(of bufferBytes: Int) -> Int { scansMax(of: bufferBytes) * frameBytes }

  private func scansMax(of bufferBytes: Int) -> Int {
    min(bufferBytes / frameBytes, scansPerRead)
  }

  func read(
    _ raw: Int32, into buffer: UnsafeMutableRawBufferPointer
  ) throws(SystemError) -> ReadResult {
    let room = scansMax(of: buffer.count) * scanBytes
    precondition(room > 0)
    let count = uninterrupted {
      CPlatform.read(raw, scans.baseAddress! + heldBytes, room - heldBytes)
    }
    if count == 0 { return .end }
    if count < 0 {
      switch cp_errno() {
      case EAGAIN: return .wouldBlock
      // The device was unplugged, or its driver is gone.
      case ENODEV, ENXIO: return .end
      default: throw .last(.read)
      }
    }
    heldBytes += count
    let whole = heldBytes / scanBytes
    guard whole > 0 else { return .wouldBlock }
    let now = Clock.boot()
    for scan in 0..<whole { convert(scan, now, into: buffer) }
    heldBytes -= whole * scanBytes
    if heldBytes > 0 {
      scans.copyMemory(
        from: UnsafeRawBufferPointer(
          rebasing: scans[whole * scanBytes..<whole * scanBytes + heldBytes]))
    }
    return .bytes(whole * frameBytes)
  }

  private func convert(_ scan: Int, _ now: Int64, into buffer: UnsafeMutableRawBufferPointer) {
    let bytes = UnsafeRawBufferPointer(scans)
    let (shift, frame) = (scan * scanBytes, scan * frameBytes)
    for index in fields.indices {
      let field = fields[index]
      let value = (field.packed.raw(bytes, shift: shift) + field.offset) * field.scale
      buffer.storeBytes(
        of: value.bitPattern.littleEndian, toByteOffset: frame + 8 * index, as: UInt64.self)
    }
    var time: UInt64 = 0
    for index in times.indices where time == 0 { time = times[index].unsigned(bytes, shift: shift) }
    // A driver that took no time for this scan writes 0.
    if time == 0 { time = UInt64(bitPattern: now) }
    buffer.storeBytes(
      of: time.littleEndian, toByteOffset: frame + 8 * fields.count, as: UInt64.self)
  }

  /// Less than a scan is refused where the device is there, and nothing else is done: its driver is
  /// not asked for what its own memory has.
  func isGone(_ raw: Int32) -> Bool {
    guard uninterrupted({ CPlatform.read(raw, scans.baseAddress!, 0) }) < 0 else { return false }
    return cp_errno() != EINVAL && cp_errno() != EAGAIN
  }

  /// The device runs, for this reader: it has to be stopped.
  ///
  /// - Parameter watermark: as many scans are there, at least, when the poller gives a sign; nil:
  ///   the Linux kernel has none. For more than there are, it would make the driver fetch those
  ///   that the device keeps (`iio_buffer_flush_hwfifo`), which takes milliseconds on a slow bus.
  func started(watermark: Int?) {
    scansPerRead = min(scansPerRead, max(1, watermark ?? .max))
    isRunning.store(true, ordering: .relaxed)
  }

  func stop() {
    guard isRunning.exchange(false, ordering: .relaxed) else { return }
    // The file is gone with a device that was unplugged.
    try? Files.write([UInt8(ascii: "0")], to: enableFile)
  }
}
