import Config
import SensorIO
import System
import Text

/// One port, listened to until it is known what it carries, or the time is over.
struct Sniffer {
  private let options: SniffOptions
  private let signals: Signals
  private let show: ((String) -> Void)?

  /// - Parameter show: gets what people see while it goes on.
  init(_ options: SniffOptions, signals: Signals, show: ((String) -> Void)? = nil) {
    (self.options, self.signals, self.show) = (options, signals, show)
  }

  /// - Throws: exit code 1 where the port does not open.
  func run() throws(Failure) -> SniffFinding {
    if case .iio = options.port {
      throw .failed(
        "\(PortText.text(options.port)) is not listened to, since that starts the device; "
          + "`edgeagent sniff` shows its channels")
    }
    do throws(PortError) {
      guard case .serial(let path, _) = options.port, !options.hasBaud else {
        show?(SniffMessages.listening(options.port, nanoseconds: options.nanoseconds))
        var listener = try WireListener(
          options.port, signals: signals, prompt: options.prompt?.bytes ?? [])
        return finish(&listener, options.port)
      }
      show?(SniffMessages.trying(path, nanoseconds: options.nanoseconds))
      let search = RateSearch(
        path: path, signals: signals, patience: options.nanoseconds, show: show)
      guard let attempt = try search.run() else {
        return SniffFinding(options, port: options.port)
      }
      let port = PortAddress.serial(path: path, attempt.line)
      if attempt.wasStopped { return finding(attempt.capture, attempt.byteCount, port) }
      // The best of the rates is seldom the last: the line is opened at it again.
      var listener: WireListener
      if let open = attempt.open {
        listener = open
      } else {
        listener = try WireListener(port, signals: signals)
      }
      return finish(&listener, port)
    } catch {
      throw .failed(SniffMessages.notOpened(error))
    }
  }

  /// Listens for the whole time, and shows what comes.
  private func finish(_ listener: inout WireListener, _ port: PortAddress) -> SniffFinding {
    var echo = WireEcho(show: show)
    echo.show(listener.capture)
    listener.listen(
      until: Clock.boot() + options.nanoseconds, took: { echo.take($0, at: $1) })
    echo.end()
    return finding(listener.capture, listener.byteCount, port)
  }

  private func finding(
    _ capture: WireCapture, _ byteCount: Int, _ port: PortAddress
  ) -> SniffFinding {
    var isCAN = false
    if case .can = port { isCAN = true }
    let found = WireFinder.find(in: capture, known: KnownDevice.presets, isCAN: isCAN)
    return SniffFinding(
      options, port: port, capture: capture, byteCount: byteCount, best: found.first)
  }
}

/// Shows bytes as they come: a line for each 16 of them, or for each line of text, with the time.
struct WireEcho {
  /// After so many lines a person knows what it looks like.
  private static let rowsMax = 48
  private static let rowBytes = 16

  private let show: ((String) -> Void)?
  private var row: [UInt8] = []
  private var rowTime: Int64 = 0
  private var begin: Int64?
  private var rows = 0

  init(show: ((String) -> Void)?) { self.show = show }

  mutating func show(_ capture: WireCapture) {
    var first = 0
    for piece in capture.pieces {
      capture.bytes[first..<first + piece.count].withUnsafeBytes { take($0, at: piece.time) }
      first += piece.count
    }
  }

  mutating func take(_ bytes: UnsafeRawBufferPointer, at time: Int64) {
    guard show != nil, rows <= Self.rowsMax else { return }
    if !row.isEmpty, time - rowTime >= FindingLimits.silenceNanoseconds { end() }
    for byte in bytes {
      if row.isEmpty { rowTime = time }
      row.append(byte)
      if row.count == Self.rowBytes || byte == UInt8(ascii: "\n") { end() }
    }
  }

  /// Shows the last bytes.
  mutating func end() {
    guard !row.isEmpty else { return }
    begin = begin ?? rowTime
    rows += 1
    if rows <= Self.rowsMax {
      show?(SniffMessages.row(row, nanoseconds: rowTime - (begin ?? rowTime)))
    } else if rows == Self.rowsMax + 1 {
      show?("  …\n")
    }
    row = []
  }
}
