import Sync
import System
import Text

/// The options that say how the agent reaches a server, the same for every command that asks one.
struct NetworkOptions {
  static let valued = [
    "--ca", "--cert", "--key", "--pin", "--proxy", "--header-file", "--idle", "--min-rate",
  ]

  static let usage =
    "[--ca FILE] [--cert FILE --key FILE] [--pin BASE64] [--proxy URL] [--header-file FILE] "
    + "[--idle SECONDS] [--min-rate BYTES]"

  private let base: HTTPSettings
  private let headerFile: String?

  init(_ arguments: Arguments) throws(UsageError) {
    headerFile = arguments.value("--header-file")
    var settings = HTTPSettings()
    settings.tls = TLSSettings(
      authorities: arguments.value("--ca"), certificate: arguments.value("--cert"),
      key: arguments.value("--key"), pin: try Self.pin(arguments))
    if settings.tls.key != nil && settings.tls.certificate == nil {
      throw .optionAlone("--key", needs: "--cert")
    }
    if let proxy = arguments.value("--proxy") {
      settings.proxy = try Self.url(proxy)
      guard settings.proxy?.scheme == .http else { throw .url(proxy, .scheme) }
    }
    let idle = Int64(try arguments.integer("--idle", default: 30, in: 1...3600)) * 1000
    settings.limits.idleMilliseconds = idle
    settings.limits.rateWindowMilliseconds = idle
    settings.limits.connectMilliseconds = min(idle, settings.limits.connectMilliseconds)
    settings.limits.bytesPerSecondMin = Int64(
      try arguments.integer("--min-rate", default: 100, in: 0...1_000_000_000))
    base = settings
  }

  /// Reads the secrets of `--header-file`, and adds them.
  func settings() throws(Failure) -> HTTPSettings {
    var settings = base
    if let headerFile { settings.secrets = try Self.secrets(headerFile) }
    return settings
  }

  static func url(_ text: String) throws(UsageError) -> URL {
    do throws(URLFault) {
      return try URL(text)
    } catch {
      throw .url(text, error)
    }
  }

  private static func pin(_ arguments: Arguments) throws(UsageError) -> Digest? {
    guard let text = arguments.value("--pin") else { return nil }
    guard let digest = Digest(base64: text) else { throw .form(option: "--pin", .pin) }
    return digest
  }

  private static func secrets(_ path: String) throws(Failure) -> [HeaderField] {
    let bytes: [UInt8]
    do throws(Files.Failure) {
      bytes = try Files.read(path, bytesMax: HTTPLimits.headerFileBytesMax)
    } catch {
      throw .failed("\(path): \(error.text)")
    }
    do throws(HeaderFileFault) {
      return try HeaderFile.fields(bytes)
    } catch {
      throw .failed(error.message(path))
    }
  }
}
