import Config
import Text

/// `trust.toml`: how many keys have to vouch for a bundle, and until when each key may.
struct TrustSettings {
  private static let fileName = "trust.toml"

  var threshold = 1
  private var expiries: [(file: String, seconds: Int64)] = []

  /// - Returns: seconds since 1970 UTC; nil for a key that does not expire.
  func expiry(of file: String) -> Int64? {
    expiries.first { $0.file.utf8.elementsEqual(file.utf8) }?.seconds
  }

  /// Reads the file. Without a file the threshold is 1, and no key expires.
  ///
  /// - Parameter files: the names in the folder.
  /// - Throws: `.settings` with every fault.
  static func load(folder: String, files: [String]) throws(TrustError) -> TrustSettings {
    guard files.contains(bytesOf: fileName) else { return TrustSettings() }
    let path = folder + "/" + fileName
    let source: ConfigurationSource
    do throws(ConfigurationFault) {
      source = ConfigurationSource(file: path, bytes: try ConfigurationFiles.contents(of: path))
    } catch {
      throw .settings(ConfigurationError([error]))
    }
    let faults = FaultList()
    let settings = read(source, files: files, faults: faults)
    guard faults.faults.isEmpty else { throw .settings(ConfigurationError(faults.faults)) }
    return settings
  }

  private static func read(
    _ source: ConfigurationSource, files: [String], faults: FaultList
  ) -> TrustSettings {
    var settings = TrustSettings()
    let document: TOMLTable
    do throws(TOMLError) {
      document = try TOMLReader.read(source.bytes, file: source.file)
    } catch {
      faults.note(.syntax(error.kind), at: error.place)
      return settings
    }
    let root = TableReader(document, .root, known: ["threshold", "key"], faults: faults)
    let keys = 1...TrustedKeys.keysMax
    if let threshold = root.integer(root.optional("threshold"), in: keys) {
      settings.threshold = threshold
    }
    let pems = files.filter { $0.hasSuffix(".pem") }
    for table in root.subtables("key", max: TrustedKeys.keysMax) ?? [] {
      let key = TableReader(table, .key, known: ["file", "expires"], faults: faults)
      let file = key.parsed(key.required("file"), .oneOf(pems)) { text in
        pems.contains(bytesOf: text) ? text : nil
      }
      let expires = key.value(key.required("expires"), .dateTime) { content -> Int64? in
        guard case .offsetDateTime(let text) = content else { return nil }
        return CalendarTime.seconds(rfc3339: text)
      }
      if let file, let expires { settings.expiries.append((file, expires)) }
    }
    faults.noteDuplicates(
      "file", in: .key,
      (root.subtables("key", max: .max) ?? []).compactMap { $0.entry("file")?.placedText })
    return settings
  }
}
