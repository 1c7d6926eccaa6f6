import CPlatform
import Config
import Core
import Models
import SensorIO
import System
import Text

/// `demo`: the real agent reads a simulated wrist sensor from a pseudo-terminal, and finds a fall.
/// With `--record` the sensor's bytes go to a file at once.
enum DemoCommand {
  static func execute(_ words: [String]) throws(Failure) {
    let recording: String?
    do throws(UsageError) {
      let arguments = try Arguments(words, valued: ["--record"])
      try arguments.noOperand()
      recording = arguments.value("--record")
    } catch {
      throw .usage(error, .demo)
    }
    if let recording { return try DemoRecording.write(to: recording) }
    var demo = try Demo()
    try demo.run()
  }
}

/// One run of the demonstration, in real time: 50 samples a second for 21 seconds.
private struct Demo {
  private let line: PseudoTerminal
  private let agent: ChildAgent
  private var wrist = WristSimulator()
  private var screen = DemoScreen()
  private var begin: Int64 = 0
  /// The times at which the samples were written. Samples count from 1, so place 0 is unused.
  private var sent: [Int64] = [0]
  private var impact: Int64?
  private var activity = WristSimulator.Activity.still
  private var score = 0.0
  private var isAlert = false
  private var raised: (latencyMicroseconds: Double, sinceImpact: Double)?
  private var windows = 0
  private var scoring = LatencyHistogram(capacity: 1000)
  private var column = (force: 0.0, turn: 0.0, samples: 0)

  init() throws(Failure) {
    do throws(SystemError) {
      line = try PseudoTerminal.open()
    } catch {
      throw .failed("no pseudo-terminal: \(error.message)")
    }
    let slavePath = line.slavePath
    let bundle = try InstalledModels.find("fall")
    let manifest = try ModelOperand.bundle(bundle).manifest
    agent = try ChildAgent { folder in
      DemoConfiguration.make(
        bundle: bundle, manifest: manifest, port: .serial(path: slavePath, SerialSettings()),
        folder: folder, publish: [.scores, .samples])
    }
  }

  mutating func run() throws(Failure) {
    say(
      "agent ready after \(Decimal.text(Double(agent.startNanoseconds) / 1e6, decimals: 1)) ms, "
        + "listening to \(line.slavePath) at 115200 baud")
    begin = Clock.boot() + 2 * PipelineLimits.quietNanoseconds
    let interval = 1_000_000_000 / Int64(WristSimulator.rateHertz)
    var due = begin
    while let (activity, sample) = nextSample() {
      try watch(until: due)
      announce(activity)
      try send(sample)
      note(sample)
      due += interval
    }
    try watch(until: due + 300_000_000)
    draw()
    let resident = agent.residentKiB ?? 0
    guard agent.stop() else { throw .failed("the agent did not stop well") }
    try conclude(residentKiB: resident)
  }

  private mutating func nextSample() -> (WristSimulator.Activity, [Double])? {
    let activity = wrist.activity
    return wrist.next().map { (activity, $0) }
  }

  private mutating func send(_ sample: [Double]) throws(Failure) {
    let bytes = WristLine.csv(sample)
    sent.append(Clock.boot())
    try FrameSender(descriptor: line.controller).send(bytes) { () throws(Failure) in
      try watch(until: Clock.boot() + 1_000_000)
    }
  }

  /// Takes the events that come until the next sample is due.
  private mutating func watch(until due: Int64) throws(Failure) {
    while true {
      let now = Clock.boot()
      guard now < due, agent.events.wait(nanoseconds: due - now) else { return }
      let arrived = Clock.boot()
      var events: [AgentEvent] = []
      try agent.events.events { events.append($0) }
      for event in events { take(event, at: arrived) }
    }
  }

  private mutating func take(_ event: AgentEvent, at arrived: Int64) {
    switch event {
    case .score(let report):
      windows += 1
      score = report.scores.last?.value ?? 0
      scoring.record(Int64(report.runMicroseconds * 1000))
    case .alert(let alert) where alert.state == "raised" && sent.indices ~= alert.sample:
      isAlert = true
      let latency = Double(arrived - sent[alert.sample]) / 1000
      let sinceImpact = impact.map { Double(arrived - $0) / 1e9 } ?? 0
      if raised == nil { raised = (latency, sinceImpact) }
      say(
        "ALERT \(alert.name), \(alert.severity): score "
          + "\(Decimal.text(alert.value ?? .nan, decimals: 2)), "
          + "\(Decimal.text(sinceImpact, decimals: 1)) s after the impact", isAlert: true)
      say("frame to alert \(Decimal.text(latency, decimals: 0)) µs, from write to read")
    case .alert(let alert) where alert.state == "cleared":
      isAlert = false
      say("cleared: the wearer lies still")
    default: break
    }
  }

  private mutating func announce(_ now: WristSimulator.Activity) {
    if now == .falling && impact == nil && second >= 0 {
      let start = sent.count
      let impactSample = start + Int(WristSimulator.impactSeconds * 50)
      impact = begin + Int64(impactSample) * 20_000_000
    }
    guard now != activity else { return }
    activity = now
    say("the wearer is \(now.words)")
  }

  private mutating func note(_ sample: [Double]) {
    func size(_ values: ArraySlice<Double>) -> Double {
      values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    column.force = max(column.force, size(sample[0..<3]))
    column.turn = max(column.turn, size(sample[3..<6]))
    column.samples += 1
    guard column.samples == 10 else { return }
    screen.addColumn(force: column.force, turn: column.turn, fall: score)
    column = (0, 0, 0)
    draw()
  }

  private mutating func draw() {
    screen.draw(
      second: second, activity: activity.words, fallScore: score, isAlert: isAlert)
  }

  private mutating func say(_ text: String, isAlert: Bool = false) {
    let time = begin == 0 ? 0 : second
    screen.addEvent(
      Decimal.right(Decimal.text(time, decimals: 1), width: 5) + " s  " + text, isAlert: isAlert)
  }

  private var second: Double { Double(Clock.boot() - begin) / 1e9 }

  private mutating func conclude(residentKiB: Int) throws(Failure) {
    guard let raised else { throw .failed("the fall was not found") }
    let frames = sent.count - 1
    Terminal.write(
      "\n\(Decimal.count(frames, "frame")) in, \(Decimal.count(windows, "window")) scored in "
        + "\(Decimal.text(scoring.percentile(0.5), decimals: 0)) µs each (median)\n"
        + "1 fall found \(Decimal.text(raised.sinceImpact, decimals: 1)) s after its impact\n"
        + "frame-to-alert latency \(Decimal.text(raised.latencyMicroseconds, decimals: 0)) µs, "
        + "agent memory \(Decimal.grouped(residentKiB)) KiB\n")
  }
}

extension WristSimulator.Activity {
  fileprivate var words: String {
    switch self {
    case .still: "standing still"
    case .sitting: "sitting, typing"
    case .walking: "walking"
    case .clapping: "clapping hard"
    case .falling: "falling"
    case .lying: "lying still"
    }
  }
}
