import CPlatform
import Config
import Models
import SensorIO
import System
import Text

/// Measures the time from a frame to its alert outside the real agent. The time begins before the
/// bench writes the frame to a Unix socket. It ends when the bench has read the line from the
/// events socket.
///
/// The simulated wrist falls again and again. Every sample completes a window (stride 1), and the
/// alert needs one vote. So the agent scores every frame, and many frames raise or clear the alert.
/// The bench sends a frame at its time, even if the agent has not answered the last one: a slow
/// agent cannot slow the sender.
struct LatencyBench {
  let bundle: String
  let frames: Int
  let rateHertz: Int

  private struct Result {
    var scores: LatencyHistogram
    var alerts: LatencyHistogram
    var residentKiB = 0
    var startNanoseconds: Int64 = 0
    var wakeup: LatencyHistogram
  }

  func run(asJSON: Bool) throws(Failure) {
    let manifest = try ModelOperand.bundle(bundle).manifest
    guard manifest.features.count == 6 else {
      throw .failed(
        "\(bundle): the simulated sensor has 6 channels, the model takes "
          + "\(manifest.features.count)")
    }
    var result = Result(
      scores: LatencyHistogram(capacity: frames), alerts: LatencyHistogram(capacity: frames),
      wakeup: LatencyHistogram(capacity: frames))
    let agent = try ChildAgent { folder in
      DemoConfiguration.make(
        bundle: bundle, manifest: manifest, port: .unix(path: folder.path + "/sensor.sock"),
        folder: folder, stride: 1, votes: AlertVotes(needed: 1, of: 1), publish: .scores)
    }
    result.startNanoseconds = agent.startNanoseconds
    // The first frames fill no window.
    let expected = frames - (manifest.window - 1)
    try drive(agent, expected: expected, &result)
    result.residentKiB = agent.residentKiB ?? 0
    guard agent.stop() else { throw .failed("the agent did not stop well") }
    report(&result, lost: expected - result.scores.count, asJSON: asJSON)
  }

  private func drive(
    _ agent: ChildAgent, expected: Int, _ result: inout Result
  ) throws(Failure) {
    let sender: FrameSender
    do throws(SocketError) {
      sender = FrameSender(
        descriptor: try UnixSocket.connect(path: agent.folder.path + "/sensor.sock"))
    } catch {
      throw .failed(error.message)
    }
    let wire = Self.fallingAgainAndAgain()
    var sent = [Int64](repeating: 0, count: frames + 1)
    let interval = 1_000_000_000 / Int64(rateHertz)
    let begin = Clock.boot() + 50_000_000
    for frame in 1...frames {
      let due = begin + Int64(frame) * interval
      try collect(agent.events, until: due, sent, &result)
      let now = Clock.boot()
      result.wakeup.record(max(0, now - due))
      sent[frame] = now
      // A full socket may keep the frame waiting. That wait is in the measured time.
      try sender.send(wire[frame % wire.count]) { () throws(Failure) in
        try collect(agent.events, until: Clock.boot() + 1_000_000, sent, &result)
      }
    }
    let end = Clock.boot() + 2_000_000_000
    while result.scores.count < expected && Clock.boot() < end {
      try collect(agent.events, until: Clock.boot() + 10_000_000, sent, &result)
    }
  }

  private func collect(
    _ events: EventsClient, until due: Int64, _ sent: [Int64], _ result: inout Result
  ) throws(Failure) {
    while true {
      let now = Clock.boot()
      if now >= due { return }
      guard events.wait(nanoseconds: due - now) else { return }
      let arrived = Clock.boot()
      try events.events { event in
        switch event {
        case .score(let score) where sent.indices ~= score.sample && score.sample > 0:
          result.scores.record(arrived - sent[score.sample])
        case .alert(let alert) where sent.indices ~= alert.sample && alert.sample > 0:
          result.alerts.record(arrived - sent[alert.sample])
        default: break
        }
      }
    }
  }

  /// The CSV lines of ten simulated days of 8 s. Each day has a fall.
  private static func fallingAgainAndAgain() -> [[UInt8]] {
    var lines: [[UInt8]] = []
    for seed in UInt64(1)...10 {
      var wrist = WristSimulator(
        steps: [
          .init(activity: .walking, seconds: 2), .init(activity: .falling, seconds: 2),
          .init(activity: .lying, seconds: 4),
        ], seed: seed)
      while let sample = wrist.next() { lines.append(WristLine.csv(sample)) }
    }
    return lines
  }

  private func report(_ result: inout Result, lost: Int, asJSON: Bool) {
    let start = Double(result.startNanoseconds) / 1e6
    if asJSON {
      return Terminal.write(json(&result, lost: lost) + "\n")
    }
    Terminal.write(
      "\(Decimal.grouped(frames)) frames at \(Decimal.grouped(rateHertz)) Hz over a Unix socket, "
        + "\(bundle), every frame scored\n\n"
        + "                      count        p50        p99      p99.9        max\n"
        + Self.row("frame to score", &result.scores)
        + Self.row("frame to alert", &result.alerts)
        + Self.row("(sender late)", &result.wakeup)
        + "\nframes without a score \(lost)   core RSS "
        + "\(Decimal.grouped(result.residentKiB)) KiB   "
        + "start to READY \(Decimal.text(start, decimals: 1)) ms\n"
        + "The last row is this machine's own lateness in waking the sender: no agent is in it.\n")
  }

  private static func row(_ name: String, _ times: inout LatencyHistogram) -> String {
    var text =
      Decimal.left(name, width: 16)
      + Decimal.right(
        Decimal.grouped(times.count), width: 11)
    for fraction in [0.5, 0.99, 0.999, 1] {
      text += Decimal.right(
        Decimal.text(times.percentile(fraction), decimals: 0) + " µs", width: 11)
    }
    return text + "\n"
  }

  private func json(_ result: inout Result, lost: Int) -> String {
    JSONWriter.text { writer in
      writer.member("model", bundle)
      writer.member("frames", frames)
      writer.member("rate_hz", rateHertz)
      writer.member("scored", result.scores.count)
      writer.member("lost", lost)
      Self.put("frame_to_score", &result.scores, into: &writer)
      writer.member("alerts", result.alerts.count)
      Self.put("frame_to_alert", &result.alerts, into: &writer)
      Self.put("sender_late", &result.wakeup, into: &writer)
      writer.member("rss_kib", result.residentKiB)
      writer.member("start_to_ready_ms", Double(result.startNanoseconds) / 1e6, decimals: 2)
    }
  }

  private static func put(
    _ name: String, _ times: inout LatencyHistogram, into writer: inout JSONWriter
  ) {
    writer.object(name) { writer in
      writer.member("p50_us", times.percentile(0.5), decimals: 1)
      writer.member("p99_us", times.percentile(0.99), decimals: 1)
      writer.member("p999_us", times.percentile(0.999), decimals: 1)
      writer.member("max_us", times.worst(), decimals: 1)
    }
  }
}
