import Config
import SensorIO
import System
import Text

/// The simulated day of `demo` as a raw recording, for people without a sensor.
enum DemoRecording {
  /// As examples/fall.toml has it.
  private static let sensor = """
    name = "wrist"
    port = "serial:/dev/ttyUSB0"
    rate = 50
    fields = [ \
    { name = "ax", unit = "g" }, { name = "ay", unit = "g" }, { name = "az", unit = "g" }, \
    { name = "wx", unit = "deg/s" }, { name = "wy", unit = "deg/s" }, \
    { name = "wz", unit = "deg/s" }]

    """

  /// - Throws: also when there is a file of that name.
  static func write(to path: String) throws(Failure) {
    var head = RecordingHead()
    (head.agent, head.program) = ("demo", SemanticVersion.agent.text)
    var writer = RawRecordingWriter(head: head.text(sensor: WrittenTable(sensor)))
    var wrist = WristSimulator()
    let interval = 1_000_000_000 / Int64(WristSimulator.rateHertz)
    var time = 2 * interval
    while let sample = wrist.next() {
      let line = WristLine.csv(sample)
      line.span.withUnsafeBytes { writer.add($0, .bytes, arrival: time) }
      time += interval
    }
    writer.finish(at: time)
    do throws(Files.Failure) {
      try Files.create(path, writer.take(), mode: 0o644)
    } catch {
      throw .failed("\(path): \(error.text)", "give --record a name that no file has")
    }
    Terminal.write(
      "\(path): \(Decimal.count(Int(clamping: writer.itemCount), "frame")) of the simulated wrist\n"
    )
  }
}
