import Config
import SensorIO
import Text

/// A sensor as `edgeagent status` tells it: what came, what was wrong, and in which field.
struct SensorReport {
  let name: String
  let fields: [String]
  let declaredHertz: Double
  /// Its device is asked.
  let isAsked: Bool

  init(_ settings: SensorSettings) {
    name = settings.name
    fields = settings.fields.map { $0.name }
    declaredHertz = settings.rateHertz
    isAsked = settings.modbus != nil
  }

  func put(_ now: SensorSnapshot, into writer: inout JSONWriter) {
    writer.member("sensor", name)
    writer.member("state", now.state?.word ?? "silent")
    writer.member("frames", now.frames)
    writer.member("samples", now.samples)
    writer.member("bad_frames", now.badFrames)
    writer.member("over_rate", now.overRate)
    writer.member("rate", declaredHertz)
    if now.measuredHertz > 0 { writer.member("measured_rate", now.measuredHertz, decimals: 2) }
    writer.member("gaps", now.gaps)
    if now.gaps > 0 { writer.member("gap_seconds", Double(now.gapLatest) / 1e9, decimals: 3) }
    if isAsked { writer.object("modbus") { Self.put(now.asked, into: &$0) } }
    writer.object("fields") { writer in
      for (field, name) in fields.enumerated() {
        let kinds = FieldFault.allCases.filter { now[field, $0] > 0 }
        guard !kinds.isEmpty else { continue }
        writer.object(name) { writer in
          for kind in kinds { writer.member(kind.word, Int(now[field, kind])) }
        }
      }
    }
  }

  private static func put(_ asked: ModbusCounters, into writer: inout JSONWriter) {
    writer.member("requests", asked.requests)
    writer.member("answers", asked.answers)
    writer.member("timeouts", asked.timeouts)
    writer.member("exceptions", asked.exceptions)
    writer.member("crc_errors", asked.checksums)
    writer.member("broken", asked.broken)
    writer.member("other_length", asked.byteCounts)
    writer.member("retries", asked.retries)
    writer.member("strays", asked.strays)
    writer.member("cycles_missed", asked.cyclesMissed)
  }
}
