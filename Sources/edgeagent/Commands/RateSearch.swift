import Config
import SensorIO
import System

/// Finds the rate of a serial line by trying: the bytes of another rate are noise.
///
/// At the right rate frames are sound; a checksum or readable text proves it, and no other rate is
/// tried then. Else all are tried, and the one wins whose bytes are best explained. Noise explains
/// nothing: where no rate has sound frames, the one with the most text is told, and no sensor.
struct RateSearch {
  /// The likeliest first: boards with an Arduino or ESP sketch, sensor modules, then receivers and
  /// instruments, radars, and rates of slow meters.
  static let rates = [
    115_200, 9600, 57_600, 38_400, 19_200, 4800, 230_400, 256_000, 460_800, 921_600, 2400, 1200,
  ]
  /// Bytes at one rate are listened to for so long.
  static let tryNanoseconds: Int64 = 2_000_000_000
  /// Of a device that is slower, for so long behind its first byte.
  private static let messageNanoseconds: Int64 = 500_000_000
  /// A first look at what came: most streams are proved by then.
  private static let lookNanoseconds: Int64 = 250_000_000

  /// A rate that was tried.
  struct Attempt {
    let line: SerialSettings
    let capture: WireCapture
    let byteCount: Int
    let firstByteNanoseconds: Int64
    let wasStopped: Bool
    let best: WireHypothesis?
    /// The line where it stays open, because the rate is sure. Any other is closed: at the next
    /// rate it is opened anew.
    let open: WireListener?

    init(_ line: SerialSettings, _ listener: WireListener, best: WireHypothesis?) {
      (self.line, self.best) = (line, best)
      (capture, byteCount) = (listener.capture, listener.byteCount)
      firstByteNanoseconds = listener.firstByteNanoseconds
      wasStopped = listener.wasStopped
      open = best?.isSure ?? false ? listener : nil
    }

    var textShare: Double { WireFinder.textShare(capture.bytes) }
  }

  let path: String
  let signals: Signals
  /// For so long the first byte is waited for.
  let patience: Int64
  let show: ((String) -> Void)?

  /// - Returns: the best attempt; nil where no byte came at any rate.
  /// - Throws: the error of the port, where it opens at no rate.
  func run() throws(PortError) -> Attempt? {
    var best: Attempt?
    var fault: PortError?
    var patience = patience
    for (index, baud) in Self.rates.enumerated() {
      let line = SerialSettings(baud: baud)
      let attempt: Attempt
      do throws(PortError) {
        attempt = try listen(line, patience: patience)
      } catch {
        // A driver may not have this rate.
        guard case .settingsRefused = error else { throw error }
        fault = fault ?? error
        continue
      }
      // A line that is dead at one rate is dead at all of them.
      guard attempt.byteCount > 0 || index > 0 else { return nil }
      show?(SniffMessages.attempt(attempt))
      if attempt.wasStopped || attempt.open != nil { return attempt }
      if best.map({ Self.isBetter(attempt, than: $0) }) ?? true { best = attempt }
      // The device is awake: within twice the time it needed it speaks again.
      patience = min(patience, max(Self.tryNanoseconds, 2 * attempt.firstByteNanoseconds))
    }
    if best == nil, let fault { throw fault }
    return best
  }

  private static func isBetter(_ a: Attempt, than b: Attempt) -> Bool {
    (a.best?.score ?? 0, a.textShare) > (b.best?.score ?? 0, b.textShare)
  }

  private func listen(
    _ line: SerialSettings, patience: Int64
  ) throws(PortError) -> Attempt {
    var listener = try WireListener(.serial(path: path, line), signals: signals)
    let opened = Clock.boot()
    listener.listen(
      until: opened + max(patience, Self.tryNanoseconds), orUntil: { $0.byteCount > 0 })
    guard listener.byteCount > 0 else { return Attempt(line, listener, best: nil) }
    listener.listen(until: Clock.boot() + Self.lookNanoseconds)
    let early = WireFinder.find(in: listener.capture, known: KnownDevice.presets, isQuick: true)
    if let first = early.first, first.isSure {
      return Attempt(line, listener, best: first)
    }
    listener.listen(
      until: max(opened + Self.tryNanoseconds, Clock.boot() + Self.messageNanoseconds))
    let found = WireFinder.find(in: listener.capture, known: KnownDevice.presets)
    return Attempt(line, listener, best: found.first)
  }
}
