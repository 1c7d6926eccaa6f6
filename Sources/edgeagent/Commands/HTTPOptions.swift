/// How to reach a server, as the command line says it; the same for every verb that has a network.
struct HTTPOptions {
  static let valued = ["--ca", "--cert", "--key", "--pin", "--proxy", "--header-file"]
  static let usage =
    "[--ca FILE] [--cert FILE --key FILE] [--pin BASE64] [--proxy URL] [--header-file FILE]"

  private var tls = TLSSettings()
  private var proxy: URL?
  private let headerFile: String?

  init(_ arguments: Arguments) throws(UsageError) {
    headerFile = arguments.value("--header-file")
    tls = TLSSettings(
      authorities: arguments.value("--ca"), certificate: arguments.value("--cert"),
      key: arguments.value("--key"), pin: try Self.pin(arguments))
    if tls.key != nil && tls.certificate == nil {
      throw .optionAlone("--key", needs: "--cert")
    }
    guard let text = arguments.value("--proxy") else { return }
    proxy = try Self.url(text)
    guard proxy?.scheme == .http else { throw .url(text, .scheme) }
  }

  /// Reads the file with the secrets.
  func settings() throws(Failure) -> HTTPSettings {
    var settings = HTTPSettings()
    (settings.tls, settings.proxy) = (tls, proxy)
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
    guard let bytes = Base64.bytes(text), let digest = Digest(text: Hexadecimal.text(bytes)) else {
      throw .form(option: "--pin", .pin)
    }
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
