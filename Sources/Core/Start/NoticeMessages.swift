import Config
import SensorIO
import System
import Text

extension Notice {
  /// The log's line, if it is worth one.
  func message(_ configuration: Configuration) -> (Log.Priority, String)? {
    func name(_ sensor: Int) -> String { "sensor \(configuration.sensors[sensor].name)" }
    switch kind {
    case .lost(let sensor, _):
      if case .unix = configuration.sensors[sensor].port {
        return (.info, "\(name(sensor)): a producer left")
      }
      return (.error, "\(name(sensor)): disconnected; trying to open it again")
    case .ended(let sensor, _): return (.notice, "\(name(sensor)): end of input")
    case .producerRefused(let sensor, _):
      return (
        .warning,
        "\(name(sensor)): refused one more producer than \(PipelineLimits.producersMax)"
      )
    case .stale(let sensor):
      let limit = Double(configuration.sensors[sensor].staleAfterNanoseconds) / 1e9
      let seconds = Decimal.text(limit, decimals: 1)
      return (.error, "\(name(sensor)): no sample for \(seconds) s; nothing is judged meanwhile")
    case .fresh(let sensor, let gap):
      let seconds = Decimal.text(Double(gap) / 1e9, decimals: 1)
      return (.notice, "\(name(sensor)): samples again after \(seconds) s")
    case .badFrames(let sensor, let count, let framing, let decoding):
      let fields = configuration.sensors[sensor].fields
      let reasons = [framing?.message, decoding?.message(fields)].compactMap { $0 }
      return (
        .warning,
        "\(name(sensor)): "
          + (count == 1 ? "a bad frame" : "\(Decimal.count(Int(count), "bad frame")) so far") + ": "
          + reasons.joined(separator: "; ")
      )
    case .overrun(let pipeline, let count, let nanoseconds):
      let settings = configuration.pipelines[pipeline]
      return (
        .warning,
        "pipeline \(settings.name): scores \(nanoseconds / 1000) µs after their frame, deadline "
          + "\(settings.deadlineNanoseconds / 1000) µs (\(count) so far)"
      )
    case .programDropped(let count):
      let alerts = Decimal.count(Int(count), "alert")
      return (.error, "programs cannot keep up: their queue was full for \(alerts)")
    case .subscriberGone: return nil
    case .subscriberRefused:
      return (
        .warning, "refused one more subscriber than \(PipelineLimits.subscribersMax)"
      )
    }
  }
}
