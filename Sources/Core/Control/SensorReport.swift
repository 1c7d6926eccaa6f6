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
  private let settings: [FieldSettings]

  init(_ settings: SensorSettings) {
    name = settings.name
    fields = settings.fields.map { $0.name }
    declaredHertz = settings.rateHertz
    isAsked = settings.modbus != nil
    self.settings = settings.fields
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

  /// The latest sample, and the latest bad frame: what it began with, as text and in hexadecimal,
  /// and why it was one.
  func putLatest(_ now: SensorSnapshot, at time: Int64, into writer: inout JSONWriter) {
    if now.sampledAt > 0 {
      writer.member("age_seconds", Double(max(0, time - now.sampledAt)) / 1e9, decimals: 3)
      writer.object("values") { writer in
        for (field, name) in fields.enumerated() { writer.member(name, now.values[field]) }
      }
    }
    writer.object("units") { writer in
      for field in settings where !field.unit.isEmpty { writer.member(field.name, field.unit) }
    }
    guard now.faultBytes.count > 0 else { return }
    writer.object("bad_frame") { writer in
      writer.member("bytes", now.faultBytes.text)
      let why = now.framingFault?.message ?? now.decodingFault?.message(settings)
      writer.member("why", why ?? "half of one, and then a pause")
    }
  }
}
