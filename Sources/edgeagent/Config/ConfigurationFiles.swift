import CPlatform

/// A configuration file as it was read.
struct ConfigurationSource: Equatable, Sendable {
  /// As it shall appear in errors; the first source's folder is where relative paths begin.
  var file: String
  var bytes: [UInt8]
}

/// Reads the files that a configuration is made of; the only calls to the system in this folder.
enum ConfigurationFiles {
  /// The main file and, beside it, `edgeagent.d/*.toml` in the order of their names' bytes. A
  /// missing folder is an empty one.
  ///
  /// - Throws: one fault for each file that cannot be read.
  static func read(_ path: String) throws(ConfigurationError) -> [ConfigurationSource] {
    var faults: [ConfigurationFault] = []
    var sources: [ConfigurationSource] = []
    var files = [path]
    do throws(ConfigurationFault) {
      let folder = ConfigurationText.pathBeside(path, "edgeagent.d")
      files += try names(in: folder).filter(isDropIn).sorted(by: isBefore).map { "\(folder)/\($0)" }
    } catch {
      faults.append(error)
    }
    if files.count > ConfigurationLimits.filesMax {
      faults.append(fault(path, .tooManyFiles(found: files.count)))
    }
    for file in files.prefix(ConfigurationLimits.filesMax) {
      do throws(ConfigurationFault) {
        sources.append(ConfigurationSource(file: file, bytes: try contents(of: file)))
      } catch {
        faults.append(error)
      }
    }
    guard faults.isEmpty else { throw ConfigurationError(faults, files: files) }
    return sources
  }

  /// At most one byte more than a document may have: its reader sees that it is too long.
  static func contents(of path: String) throws(ConfigurationFault) -> [UInt8] {
    let descriptor = cp_open(path, O_RDONLY | O_CLOEXEC, 0)
    guard descriptor >= 0 else { throw unreadable(path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while bytes.count <= TOMLLimits.documentBytesMax {
      let count = CPlatform.read(descriptor, &chunk, chunk.count)
      if count < 0, cp_errno() == EINTR { continue }
      guard count >= 0 else { throw unreadable(path) }
      if count == 0 { break }
      bytes += chunk[..<count]
    }
    return Array(bytes.prefix(TOMLLimits.documentBytesMax + 1))
  }

  private static func names(in folder: String) throws(ConfigurationFault) -> [String] {
    guard let stream = opendir(folder) else {
      if cp_errno() == ENOENT { return [] }
      throw unreadable(folder)
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      names.append(name)
    }
    return names
  }

  /// Editors' hidden and backup files are none.
  private static func isDropIn(_ name: String) -> Bool {
    name.utf8.first != UInt8(ascii: ".") && name.utf8.suffix(5).elementsEqual(".toml".utf8)
  }

  private static func isBefore(_ a: String, _ b: String) -> Bool {
    a.utf8.lexicographicallyPrecedes(b.utf8)
  }

  private static func unreadable(_ path: String) -> ConfigurationFault {
    fault(path, .unreadable(code: cp_errno()))
  }

  private static func fault(_ path: String, _ kind: ConfigurationFaultKind) -> ConfigurationFault {
    ConfigurationFault(place: SourcePlace(file: path, line: 1, column: 1), kind: kind)
  }
}
