/// Tries sensors on a capture, with the framers and decoders that will run.
struct WireTrial {
  private(set) var sensors: [FoundSensor]
  /// The share of the bytes that became samples, or nothing that anybody misses.
  private(set) var explained: Double
  /// The share of the values that the samples have.
  private(set) var valued: Double

  /// Nil where the fields cannot be decoded so.
  init?(_ sensors: [FoundSensor], on capture: WireCapture) {
    var framings: [FramingSettings] = []
    var decoders: [SampleDecoder] = []
    for sensor in sensors {
      guard
        let decoder = try? SampleDecoder(sensor.decoding, fields: sensor.fields)
      else { return nil }
      decoders.append(decoder)
      if !framings.contains(sensor.framing) { framings.append(sensor.framing) }
    }
    guard !sensors.isEmpty, !capture.bytes.isEmpty else { return nil }
    var tallies = sensors.map { Tally(fieldCount: $0.fields.count) }
    // Of frames: the share of their bytes that is no good.
    var (frameBytes, badBytes) = (0, 0)
    let counters = capture.read(framings) { frame, framing, time in
      for (index, sensor) in sensors.enumerated() where sensor.framing == framings[framing] {
        guard let content = sensor.content(of: frame) else { continue }
        frameBytes += frame.count
        guard !tallies[index].take(content, at: time, decoders[index]) else { continue }
        badBytes += frame.count
      }
    }
    defer { for tally in tallies { tally.deallocate() } }
    for index in sensors.indices { tallies[index].finish(decoders[index]) }
    self.sensors = zip(sensors, tallies).map { sensor, tally in tally.told(in: sensor) }
    let sound = Double(counters.bytesFramed + counters.bytesPassed)
    let share = frameBytes == 0 ? 0 : Double(frameBytes - badBytes) / Double(frameBytes)
    explained = min(1, share * sound / Double(capture.explainable(counters)))
    valued = tallies.reduce(0) { $0 + $1.valued } / Double(tallies.count)
  }

  /// What one sensor brought.
  private struct Tally {
    var samples = 0
    var badFrames = 0
    var valued = 1.0
    /// When each sample came.
    private var times: [Int64] = []
    private let values: UnsafeMutableBufferPointer<Float>
    private let latest: UnsafeMutableBufferPointer<Float>

    init(fieldCount: Int) {
      values = .allocate(capacity: fieldCount)
      values.initialize(repeating: .nan)
      latest = .allocate(capacity: fieldCount)
      latest.initialize(repeating: .nan)
    }

    func deallocate() {
      values.deallocate()
      latest.deallocate()
    }

    /// - Returns: false for a bad frame.
    mutating func take(
      _ frame: UnsafeRawBufferPointer, at time: Int64, _ decoder: SampleDecoder
    ) -> Bool {
      var count = 0
      do throws(DecodeError) {
        try decoder.decode(frame, at: time, into: values) { _ in
          count += 1
          _ = latest.update(fromContentsOf: values)
        }
      } catch {
        badFrames += 1
        return false
      }
      samples += count
      for _ in 0..<count { times.append(time) }
      return true
    }

    mutating func finish(_ decoder: SampleDecoder) {
      let all = samples * values.count
      valued = all == 0 ? 0 : max(0, 1 - Double(decoder.fieldCounters.absentCount) / Double(all))
    }

    func told(in sensor: FoundSensor) -> FoundSensor {
      var sensor = sensor
      (sensor.samples, sensor.badFrames) = (samples, badFrames)
      sensor.values = Array(latest)
      sensor.rateHertz = SampleRate.hertz(times)
      return sensor
    }
  }
}

extension FoundSensor {
  /// What of a frame is decoded; nil for another identifier's.
  func content(of frame: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    guard let can else { return frame }
    return can.data(of: frame)
  }
}

extension WireCapture {
  /// The bytes that a hypothesis can be asked about: not the half frame at the begin of a capture
  /// that joins a stream, and not the one at its end.
  func explainable(_ counters: FrameCounters) -> Int {
    let done = counters.bytesFramed + counters.bytesPassed + counters.bytesDropped
    let open = bytes.count - Int(min(done, UInt64(bytes.count)))
    // At most as much as one frame, so that a framing that holds all bytes explains nothing.
    let frame = counters.frames == 0 ? 0 : Int(counters.bytesFramed / counters.frames)
    let missed = joinsMidStream ? min(frame, bytes.count / 2) : 0
    return max(1, bytes.count - min(open, frame) - missed)
  }
}

/// How many samples a second come.
enum SampleRate {
  /// - Parameter times: of each sample, ascending, nanoseconds.
  /// - Returns: nil where they came in less than three moments.
  static func hertz(_ times: [Int64]) -> Double? {
    // Samples that one read brought came in one moment; the first moment may be half of one.
    var moments: [(time: Int64, count: Int)] = []
    for time in times {
      if let last = moments.last, time - last.time < 1_000_000 {
        moments[moments.count - 1].count += 1
      } else {
        moments.append((time, 1))
      }
    }
    guard moments.count >= 3 else { return nil }
    let steps = zip(moments, moments.dropFirst()).map { $1.time - $0.time }.sorted()
    // A pause is no part of the rate.
    let longest = 8 * max(steps[steps.count / 2], 1)
    var (samples, nanoseconds) = (0, Int64(0))
    for index in 1..<moments.count {
      let step = moments[index].time - moments[index - 1].time
      guard step <= longest else { continue }
      samples += moments[index].count
      nanoseconds += step
    }
    guard nanoseconds > 0 else { return nil }
    return Double(samples) * 1e9 / Double(nanoseconds)
  }
}
