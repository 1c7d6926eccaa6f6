import Config
import SensorIO
import System
import Text

extension Notice {
  /// The log's line, if it is worth one.
  func message(_ configuration: Configuration) -> (Log.Priority, String)? {
    func name(_ sensor: Int) -> String { "sensor \(configuration.sensors[sensor].name)" }
    func wireName(_ wire: Int) -> String { configuration.subject(ofWire: wire) }
    switch kind {
    case .lost(let wire, _):
      if configuration.wires[wire].port.takesManyProducers {
        return (.info, "\(wireName(wire)): a producer left")
      }
      return (.error, "\(wireName(wire)): disconnected; trying to open it again")
    case .ended(let wire, _): return (.notice, "\(wireName(wire)): end of input")
    case .producerRefused(let wire, _):
      return (
        .warning,
        "\(wireName(wire)): refused one more producer than \(configuration.places(ofWire: wire))"
      )
    case .producerEvicted(let wire, _):
      return (
        .warning,
        "\(wireName(wire)): a silent producer gave its place to a new one, of "
          + Decimal.count(configuration.places(ofWire: wire), "place")
      )
    case .overRate(let sensor, let count):
      let rate = configuration.sensors[sensor].rateHertz
      return (
        .warning,
        "\(name(sensor)): sends more than twice its rate of \(Decimal.text(rate, decimals: 1)) Hz; "
          + "\(count == 1 ? "a frame was" : "\(count) frames so far were") not taken; correct rate, "
          + "or the device"
      )
    case .paused(let wire, let count):
      return (
        .warning,
        "\(wireName(wire)): sends far more bytes than its rate can need and is read more slowly "
          + "(\(Decimal.count(Int(count), "pause")) so far); correct rate, or the device"
      )
    case .statesLeftOut(let sensor, let count):
      return (
        .warning,
        "\(name(sensor)): comes and goes all the time; the outbox keeps its last state and left out "
          + "\(Decimal.count(Int(count), "change")) so far"
      )
    case .stale(let sensor):
      let limit = Double(configuration.sensors[sensor].staleAfterNanoseconds) / 1e9
      let seconds = Decimal.text(limit, decimals: 1)
      return (.error, "\(name(sensor)): no sample for \(seconds) s; nothing is judged meanwhile")
    case .blind(let sensor):
      let limit = Double(configuration.sensors[sensor].staleAfterNanoseconds) / 1e9
      return (
        .error,
        "\(name(sensor)): samples come, and a field that alerts need has had no value for "
          + "\(Decimal.text(limit, decimals: 1)) s; it counts as stale"
      )
    case .fresh(let sensor, let gap):
      let seconds = Decimal.text(Double(gap) / 1e9, decimals: 1)
      return (.notice, "\(name(sensor)): samples again after \(seconds) s")
    case .gap(let sensor, let nanoseconds):
      let seconds = Decimal.text(Double(nanoseconds) / 1e9, decimals: 1)
      return (
        .warning, "\(name(sensor)): a gap of \(seconds) s; windows and votes begin anew"
      )
    case .rate(let sensor, let measured, let isAsDeclared):
      let declared = Decimal.text(configuration.sensors[sensor].rateHertz, decimals: 1)
      let hertz = Decimal.text(Double(measured), decimals: 1)
      return isAsDeclared
        ? (.notice, "\(name(sensor)): brings \(hertz) samples a second again, as declared")
        : (
          .warning,
          "\(name(sensor)): brings \(hertz) samples a second, rate says \(declared); models that were "
            + "trained at that rate are not to be trusted: correct rate, or the device"
        )
    case .fieldFault(let sensor, let field, let kind, let count):
      let settings = configuration.sensors[sensor]
      guard settings.fields.indices.contains(field) else { return nil }
      return (
        .warning,
        "\(name(sensor)): field \(settings.fields[field].name) has no value: \(kind.message) "
          + "(\(Decimal.count(Int(count), "value")) of this sensor so far); "
          + "`edgeagent status --json` counts by field"
      )
    case .badFrames(let sensor, let count, let framing, let decoding, let bytes):
      let fields = configuration.sensors[sensor].fields
      let reasons = [framing?.message, decoding?.message(fields)].compactMap { $0 }
      return (
        .warning,
        "\(name(sensor)): "
          + (count == 1 ? "a bad frame" : "\(Decimal.count(Int(count), "bad frame")) so far") + ": "
          + (reasons.isEmpty ? "half of one, and then a pause" : reasons.joined(separator: "; "))
          + (bytes.count == 0 ? "" : ": \(bytes.text)")
      )
    case .unanswered(let sensor, let count, let failure):
      let timeout = configuration.sensors[sensor].modbus?.timeoutNanoseconds ?? 0
      return (
        .warning,
        "\(name(sensor)): \(failure.request.text): "
          + failure.fault.message(timeoutNanoseconds: timeout)
          + (failure.bytes.count == 0 ? "" : ": \(failure.bytes.text)")
          + (count == 1 ? "" : " (\(Decimal.count(Int(count), "failed request")) so far)")
      )
    case .overrun(let pipeline, let count, let nanoseconds):
      let settings = configuration.pipelines[pipeline]
      return (
        .warning,
        "pipeline \(settings.name): scores \(nanoseconds / 1000) µs after their frame, deadline "
          + "\(settings.deadlineNanoseconds / 1000) µs (\(count) so far)"
      )
    case .skipped(let pipeline, let count, let nanoseconds):
      let settings = configuration.pipelines[pipeline]
      return (
        .warning,
        "pipeline \(settings.name): a window was \(nanoseconds / 1000) µs old before its turn, deadline "
          + "\(settings.deadlineNanoseconds / 1000) µs; left out for a newer one (\(count) so far)"
      )
    case .threadHangs(let name):
      return switch name {
      case .doorkeeper: (.critical, "the thread that opens devices hangs; is a driver stuck?")
      case .programs: (.critical, "a thread that runs programs hangs; is a disk stuck?")
      case .devices: (.critical, "the thread that opens outputs hangs; is a driver stuck?")
      case .broker: (.error, "the thread of a broker hangs; other outputs go on")
      case .control: (.error, "the control thread hangs; alerts go on")
      case .keeper:
        (
          .error,
          "the thread that writes the alerts' files hangs; is its disk stuck? alerts go on, and "
            + "nobody can acknowledge"
        )
      case .outbox: (.error, "the outbox hangs; is its disk stuck? alerts go on")
      case .door: (.error, "the door's thread hangs; no record leaves the board")
      case .models: (.error, "the thread that loads models hangs; alerts go on")
      }
    case .subscriberGone: return nil
    case .subscriberRefused:
      return (
        .warning, "refused one more subscriber than \(PipelineLimits.subscribersMax)"
      )
    case .subscriberEvicted:
      return (
        .warning,
        "a subscriber lost its seat to a newer one: its process has more than others, and there are "
          + "\(PipelineLimits.subscribersMax) seats"
      )
    }
  }
}

extension Notice {
  /// What the line says, in words for `LogMeter`, and what it is about.
  func topic(_ configuration: Configuration) -> (kind: String, subject: String) {
    func sensor(_ index: Int) -> String { "sensor \(configuration.sensors[index].name)" }
    func wire(_ index: Int) -> String { configuration.subject(ofWire: index) }
    func pipeline(_ index: Int) -> String { "pipeline \(configuration.pipelines[index].name)" }
    return switch kind {
    case .lost(let index, _): ("left", wire(index))
    case .ended(let index, _): ("end of input", wire(index))
    case .producerRefused(let index, _): ("refused", wire(index))
    case .producerEvicted(let index, _): ("gave its place", wire(index))
    case .overRate(let index, _): ("not taken", sensor(index))
    case .paused(let index, _): ("read more slowly", wire(index))
    case .statesLeftOut(let index, _): ("comes and goes", sensor(index))
    case .stale(let index): ("no sample", sensor(index))
    case .blind(let index): ("no value of late", sensor(index))
    case .fresh(let index, _): ("samples again", sensor(index))
    case .gap(let index, _): ("gap", sensor(index))
    case .rate(let index, _, _): ("rate", sensor(index))
    case .fieldFault(let index, _, _, _): ("no value", sensor(index))
    case .badFrames(let index, _, _, _, _): ("bad frames", sensor(index))
    case .unanswered(let index, _, _): ("unanswered", sensor(index))
    case .overrun(let index, _, _): ("late", pipeline(index))
    case .skipped(let index, _, _): ("left out", pipeline(index))
    case .threadHangs: ("hangs", "threads")
    case .subscriberGone: ("gone", "subscribers")
    case .subscriberRefused: ("refused", "subscribers")
    case .subscriberEvicted: ("lost its seat", "subscribers")
    }
  }
}

extension Configuration {
  /// How many producers a wire has room for.
  fileprivate func places(ofWire wire: Int) -> Int {
    let isAsked = wires[wire].sensors.contains { sensors[$0].isAsked }
    return Wire.connectionCount(of: wires[wire].port, isAsked: isAsked)
  }

  /// `sensor wrist`, or `sensors position and course` where they share a port.
  func subject(ofWire wire: Int) -> String {
    let names = wires[wire].sensors.map { sensors[$0].name }
    return names.count == 1
      ? "sensor \(names[0])"
      : "sensors \(names.dropLast().joined(separator: ", ")) and \(names.last!)"
  }
}
