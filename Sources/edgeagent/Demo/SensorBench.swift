import Config
import SensorIO
import System
import Text

/// Measures how fast bytes of sensors become frames, and frames become samples: the agent's own
/// reader and decoder on one thread, with no port, no model and no alert.
///
/// Each sensor is configured by lines as a user writes them, and sends seeded numbers.
struct SensorBench {
  /// Of each sensor; its rounds go over the same bytes.
  let frames: Int

  struct Row {
    let name: String
    /// Of one frame on the wire, in the mean.
    let bytes: Double
    /// For one frame: cut out of the bytes, and the same with decoding.
    let framing: Double
    let whole: Double
    let samples: Int

    var megabytesPerSecond: Double { bytes * 1e3 / whole }
  }

  private static let rounds = 5
  /// What the agent reads of a port at once.
  private static let pieceBytes = 4096

  func run(asJSON: Bool) throws(Failure) {
    var rows: [Row] = []
    for sender in BenchSender.all { rows.append(try measured(sender)) }
    Terminal.write(asJSON ? Self.json(rows) : text(rows))
  }

  private func measured(_ sender: BenchSender) throws(Failure) -> Row {
    let sensor = try sender.sensor()
    let wire = try sender.wire(sensor.framing, frames: frames)
    var (framing, whole, samples) = (Int64.max, Int64.max, 0)
    do throws(DecodingSetupError) {
      let decoder = try SampleDecoder(sensor.decoding, fields: sensor.fields)
      let values = UnsafeMutableBufferPointer<Float>.allocate(capacity: sensor.fields.count)
      values.initialize(repeating: 0)
      defer { values.deallocate() }
      // The best of some rounds: the others met somebody else's work.
      for _ in 0..<Self.rounds {
        var count = 0
        framing = min(framing, Self.time(wire, sensor) { _ in count += 1 })
        samples = 0
        let round = Self.time(wire, sensor) { frame in
          guard let content = sensor.can.map({ $0.data(of: frame) }) ?? frame else { return }
          try? decoder.decode(content, at: 0, into: values) { _ in samples += 1 }
        }
        whole = min(whole, round)
        guard count == frames, samples == frames else { break }
      }
    } catch {
      throw .failed("\(sender.name): \(error.message)")
    }
    guard samples == frames else {
      throw .failed("\(sender.name): \(frames) frames became \(samples) samples")
    }
    return Row(
      name: sender.name, bytes: Double(wire.count) / Double(frames),
      framing: Double(framing) / Double(frames), whole: Double(whole) / Double(frames),
      samples: samples)
  }

  /// - Returns: nanoseconds for all of the bytes.
  private static func time(
    _ wire: [UInt8], _ sensor: SensorSettings, _ body: (UnsafeRawBufferPointer) -> Void
  ) -> Int64 {
    let reader = FrameReader(sensor.framing)
    return wire.withUnsafeBytes { bytes in
      let start = Clock.boot()
      var first = 0
      while first < bytes.count {
        let end = min(first + pieceBytes, bytes.count)
        reader.push(UnsafeRawBufferPointer(rebasing: bytes[first..<end]), body)
        first = end
      }
      return Clock.boot() - start
    }
  }

  private func text(_ rows: [Row]) -> String {
    var text =
      "\(Decimal.count(frames, "frame")) of each sensor, one thread, the best of \(Self.rounds) rounds\n\n"
      + Decimal.left("sensor", width: 30) + Decimal.right("bytes", width: 7)
      + Decimal.right("framing ns", width: 12) + Decimal.right("sample ns", width: 11)
      + Decimal.right("MB/s", width: 8) + "\n"
    for row in rows {
      text +=
        Decimal.left(row.name, width: 30)
        + Decimal.right(Decimal.text(row.bytes, decimals: 1), width: 7)
        + Decimal.right(Decimal.text(row.framing, decimals: 0), width: 12)
        + Decimal.right(Decimal.text(row.whole, decimals: 0), width: 11)
        + Decimal.right(Decimal.text(row.megabytesPerSecond, decimals: 0), width: 8) + "\n"
    }
    return text
  }

  private static func json(_ rows: [Row]) -> String {
    JSONWriter.text { writer in
      writer.array("sensors") { writer in
        for row in rows {
          writer.object { writer in
            writer.member("sensor", row.name)
            writer.member("samples", row.samples)
            writer.member("frame_bytes", row.bytes, decimals: 1)
            writer.member("framing_ns", row.framing, decimals: 1)
            writer.member("sample_ns", row.whole, decimals: 1)
            writer.member("mb_per_s", row.megabytesPerSecond, decimals: 1)
          }
        }
      }
    } + "\n"
  }
}
