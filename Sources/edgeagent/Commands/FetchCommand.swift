import CPlatform
import Sync
import System
import Text

/// `fetch`: downloads a file with the client of sync, which does the same checks. A person tries
/// the name, link, proxy, authorities, pin and credentials with it.
enum FetchCommand {
  static func execute(_ words: [String]) throws(Failure) {
    cp_ignore_signal(SIGPIPE)
    let options: FetchOptions
    do throws(UsageError) {
      options = try FetchOptions(words)
    } catch {
      throw .usage(error, .fetch)
    }
    var settings = try options.network.settings()
    // A download may take long; the client ends one that is too slow.
    settings.limits.totalMilliseconds = 0
    let client = HTTPClient(settings)
    let began = Clock.boot()
    var backoff = Backoff(baseMilliseconds: 1000, capMilliseconds: 60_000)
    while true {
      do throws(DownloadError) {
        let outcome = try options.download.run(client)
        return Terminal.write(options.report(outcome, nanoseconds: Clock.boot() - began))
      } catch {
        guard error.isPassing, backoff.failures + 1 < options.attempts else {
          throw .failed(error.message)
        }
        let wait = error.wait ?? backoff.next()
        if error.wait != nil { _ = backoff.next() }
        Log.write(
          .warning, "\(error.message); again in \(Decimal.text(Double(wait) / 1000, decimals: 1)) s"
        )
        client.close()
        var pause = Wait()
        _ = try? pause.run(nanoseconds: wait * 1_000_000)
      }
    }
  }
}

extension DownloadError {
  /// The milliseconds that the server asked the client to wait.
  fileprivate var wait: Int64? {
    guard case .status(_, _, let seconds?) = self else { return nil }
    return seconds * 1000
  }
}

/// What the command line of `fetch` says.
private struct FetchOptions {
  let download: Download
  let network: NetworkOptions
  let attempts: Int
  let isJSON: Bool

  init(_ words: [String]) throws(UsageError) {
    let arguments = try Arguments(
      words, flags: ["--json"],
      valued: ["--output", "--sha256", "--bytes", "--attempts"] + NetworkOptions.valued)
    isJSON = arguments.has("--json")
    attempts = try arguments.integer("--attempts", default: 1, in: 1...1000)
    var download = Download(
      url: try NetworkOptions.url(try arguments.operand("URL")),
      output: try arguments.required("--output"))
    download.digest = try Self.digest(arguments)
    if arguments.value("--bytes") != nil {
      download.length = Int64(
        try arguments.integer("--bytes", default: 0, in: 0...Int(download.bytesMax)))
    }
    self.download = download
    network = try NetworkOptions(arguments)
  }

  func report(_ outcome: Download.Outcome, nanoseconds: Int64) -> String {
    let milliseconds = nanoseconds / 1_000_000
    guard !isJSON else {
      return JSONWriter.text { writer in
        writer.member("url", download.url.shownText)
        writer.member("output", download.output)
        writer.member("bytes", outcome.bytes)
        writer.member("fetched", outcome.bytesFetched)
        writer.member("resumed_from", outcome.resumedFrom)
        writer.member("sha256", outcome.digest.text)
        writer.member("milliseconds", milliseconds)
      } + "\n"
    }
    let resumed =
      outcome.resumedFrom > 0
      ? ", resumed at \(Decimal.grouped(Int(outcome.resumedFrom)))" : ""
    return "\(download.output): \(Decimal.count(Int(outcome.bytes), "byte")) in "
      + "\(Decimal.text(Double(milliseconds) / 1000, decimals: 2)) s\(resumed)\n"
      + "SHA-256 \(outcome.digest.text)"
      + (download.digest == nil
        ? "; compare it, or give it with --sha256\n" : ", as it should be\n")
  }

  private static func digest(_ arguments: Arguments) throws(UsageError) -> Digest? {
    guard let text = arguments.value("--sha256") else { return nil }
    guard let digest = Digest(text: text) else { throw .form(option: "--sha256", .digest) }
    return digest
  }
}
