/// Decodes one sensor's frames into samples: physical values in the order of the sensor's fields.
///
/// A field's trouble costs no other field, unless its policy says so: its value is absent, NaN, and
/// its fault is counted. A frame is bad when it cannot be told where its values are, or when there
/// is nothing in it but text and gaps. Where the device says of all its values that it has none
/// (`nan`, null, empty, a declared invalid value), the sample stands without values.
package final class SampleDecoder {
  package let fieldCount: Int
  package private(set) var counters = DecodeCounters()
  package let fieldCounters: FieldCounters
  /// The latest fault, for people who look for the cause.
  package private(set) var faultLatest: DecodeError?

  private enum Decoder {
    case csv(CSVSampleDecoder)
    case labels(LabelSampleDecoder)
    case json(JSONSampleDecoder)
    case packed(PackedSampleDecoder)
    case nmea(NMEASampleDecoder)
  }
  private let decoder: Decoder
  private let readings: SampleReadings
  private let rules: UnsafeMutableBufferPointer<FieldRule>
  private var clock: DeviceClock?
  /// Nil before the first frame of a sensor that nobody said is connected.
  private var connectedAt: Int64?

  /// Setup: refuses fields with equal names and fields that cannot be decoded.
  ///
  /// - Parameter clock: where the device's own clock is, if frames have one.
  @export(interface)
  package init(
    _ decoding: DecodingSettings, fields: [FieldSettings], clock: ClockSettings? = nil
  ) throws(DecodingSetupError) {
    try DecodingChecks.check(decoding, fields, clock)
    fieldCount = fields.count
    decoder =
      switch decoding {
      case .csv(let settings): .csv(CSVSampleDecoder(settings, fields: fields, clock: clock))
      case .labels(let settings):
        .labels(LabelSampleDecoder(settings, fields: fields, clock: clock))
      case .json(let settings): .json(JSONSampleDecoder(settings, fields: fields, clock: clock))
      case .binary(let settings):
        .packed(PackedSampleDecoder(settings, fields: fields, clock: clock))
      case .nmea(let sentence): .nmea(NMEASampleDecoder(sentence, fields: fields))
      }
    self.clock = clock.map(DeviceClock.init)
    fieldCounters = FieldCounters(fieldCount: fields.count)
    readings = SampleReadings(fieldCount: fields.count)
    rules = .allocate(capacity: fields.count)
    _ = rules.initialize(
      from: fields.map { FieldRule($0, isPacked: !decoding.isText) })
  }

  deinit {
    readings.deallocate()
    rules.deallocate()
  }

  /// The lengths of frames that can be right, so that a framing can refuse a false length.
  package var contentBytes: ClosedRange<Int> {
    if case .packed(let decoder) = decoder { return decoder.contentBytes }
    return 1...SensorLimits.payloadBytesMax
  }

  /// Hot: the device is there, perhaps after a restart. Warm-up counts from here; the header, held
  /// values and the device's clock are forgotten.
  ///
  /// - Parameter time: CLOCK_BOOTTIME, nanoseconds.
  package func connected(at time: Int64) {
    connectedAt = time
    clock?.forget()
    for field in rules.indices { rules[field].forget() }
    if case .csv(let decoder) = decoder { decoder.forget() }
  }

  /// Hot: decodes one frame.
  ///
  /// - Parameters:
  ///   - time: when the frame arrived, CLOCK_BOOTTIME, nanoseconds.
  ///   - absent: a bit for each of the first 32 fields of which a packed frame has nothing,
  ///     whatever its bytes are.
  ///   - values: room for `fieldCount` values. During `body` they are the sample, NaN where a field
  ///     has no value.
  ///   - body: called for each sample of the frame, with the device's own time in nanoseconds if a
  ///     clock is declared and the frame has it.
  /// - Throws: why the frame became no sample. It neither throws nor calls `body` for what is
  ///   nothing: an empty line, a comment, a header, another sentence.
  /// - Complexity: linear in the frame's bytes; allocates nothing.
  @export(interface)
  package func decode(
    _ frame: UnsafeRawBufferPointer, at time: Int64, without absent: UInt32 = 0,
    into values: UnsafeMutableBufferPointer<Float>, _ body: (Int64?) -> Void
  ) throws(DecodeError) {
    precondition(values.count == fieldCount)
    if connectedAt == nil { connectedAt = time }
    do throws(DecodeError) {
      if case .packed(let packed) = decoder {
        try decode(packed, frame, time, without: absent, into: values, body)
      } else {
        readings.forget()
        guard try read(frame) else {
          counters.passedOver += 1
          return
        }
        try emit(time, values, body)
      }
    } catch {
      counters.count(error)
      faultLatest = error
      throw error
    }
  }

  /// False when the frame is nothing.
  private func read(_ frame: UnsafeRawBufferPointer) throws(DecodeError) -> Bool {
    switch decoder {
    case .csv(let decoder): try decoder.read(frame, into: readings)
    case .labels(let decoder): try decoder.read(frame, into: readings)
    case .json(let decoder): try decoder.read(frame, into: readings)
    case .nmea(let decoder): try decoder.read(frame, into: readings)
    case .packed: preconditionFailure()
    }
  }

  /// A bad sample costs no other one of its frame. Only a frame without any good one is bad.
  private func decode(
    _ packed: PackedSampleDecoder, _ frame: UnsafeRawBufferPointer, _ time: Int64,
    without absent: UInt32, into values: UnsafeMutableBufferPointer<Float>, _ body: (Int64?) -> Void
  ) throws(DecodeError) {
    var (hasSample, fault) = (false, DecodeError?.none)
    for sample in 0..<(try packed.sampleCount(frame)) {
      readings.forget()
      packed.read(frame, sample: sample, without: absent, into: readings)
      do throws(DecodeError) {
        try emit(time, values, body)
        hasSample = true
      } catch {
        fault = fault ?? error
      }
    }
    if let fault, !hasSample { throw fault }
  }

  /// Makes a sample of the readings and hands it on.
  private func emit(
    _ time: Int64, _ values: UnsafeMutableBufferPointer<Float>, _ body: (Int64?) -> Void
  ) throws(DecodeError) {
    let isWhole = judge(time, values)
    if !isWhole { try checkForData() }
    let deviceTime = clock?.time(readings.clock.pointee, at: time)
    if clock != nil && deviceTime == nil { counters.clockFaults += 1 }
    if !isWhole { try settle(time, values) }
    counters.samples += 1
    body(deviceTime)
  }

  /// Fills the values, and the readings with the faults of the rules.
  ///
  /// - Returns: true when each field has a value.
  private func judge(_ time: Int64, _ values: UnsafeMutableBufferPointer<Float>) -> Bool {
    // Boot time is never negative, so that nothing wraps.
    let elapsed = time &- (connectedAt ?? time)
    var isWhole = true
    for field in 0..<fieldCount {
      do throws(FieldFault) {
        if let fault = readings.fields[field].fault { throw fault }
        values[field] = try rules[field].judge(readings.fields[field].raw, elapsed: elapsed)
        rules[field].keep(values[field], at: time)
      } catch {
        readings.fields[field].fault = error
        values[field] = .nan
        isWhole = false
      }
    }
    return isWhole
  }

  /// Refuses a frame in which all is text or missing. If all is missing, nothing of it was meant
  /// for these fields, and their counters stay.
  private func checkForData() throws(DecodeError) {
    var isMissing = true
    for field in 0..<fieldCount {
      switch readings.fields[field].fault {
      case .missing: continue
      case .text: isMissing = false
      default: return
      }
    }
    if !isMissing {
      for field in 0..<fieldCount {
        fieldCounters.count(readings.fields[field].fault!, field: field)
      }
    }
    throw .noValue(readings.fields[0].fault!)
  }

  /// Counts the faults and applies the fields' policies.
  private func settle(
    _ time: Int64, _ values: UnsafeMutableBufferPointer<Float>
  ) throws(DecodeError) {
    var dropped: DecodeError?
    for field in 0..<fieldCount {
      guard let fault = readings.fields[field].fault else { continue }
      fieldCounters.countAbsent(fault, field: field)
      let (value, isOld) = rules[field].substitute(at: time)
      if let value { values[field] = value }
      if isOld { fieldCounters.count(.old, field: field) }
      if rules[field].policy == .drop { dropped = dropped ?? .dropped(field: field, fault) }
    }
    guard let dropped else { return }
    counters.samplesDropped += 1
    throw dropped
  }
}
