import CPlatform
import System
import Text

/// A configuration file as it was read.
package struct ConfigurationSource: Equatable, Sendable {
  /// The name of the file for errors. Relative paths begin in the folder of the first source.
  package var file: String
  package var bytes: [UInt8]

  package init(file: String, bytes: [UInt8]) {
    self.file = file
    self.bytes = bytes
  }
}

/// Reads the files of a configuration.
package enum ConfigurationFiles {
  /// Reads the main file and the files `edgeagent.d/*.toml` beside it, in the order of their names'
  /// bytes. A missing folder counts as an empty one.
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

  /// - Throws: the one fault of a file that cannot be read.
  static func readOne(_ path: String) throws(ConfigurationError) -> ConfigurationSource {
    do throws(ConfigurationFault) {
      return ConfigurationSource(file: path, bytes: try contents(of: path))
    } catch {
      throw ConfigurationError([error], files: [path])
    }
  }

  /// - Throws: `.unreadable`, also when the file is longer than a document may be.
  @export(interface)
  package static func contents(of path: String) throws(ConfigurationFault) -> [UInt8] {
    do throws(Files.Failure) {
      return try Files.read(path, bytesMax: TOMLLimits.documentBytesMax)
    } catch {
      throw fault(path, error)
    }
  }

  private static func names(in folder: String) throws(ConfigurationFault) -> [String] {
    do throws(Files.Failure) {
      return try Files.names(in: folder)
    } catch {
      if error == .system(code: ENOENT) { return [] }
      throw fault(folder, error)
    }
  }

  /// True for a drop-in's name; hidden files and backup files of editors are none.
  private static func isDropIn(_ name: String) -> Bool {
    name.utf8.first != UInt8(ascii: ".") && name.utf8.suffix(5).elementsEqual(".toml".utf8)
  }

  private static func isBefore(_ a: String, _ b: String) -> Bool {
    a.utf8.lexicographicallyPrecedes(b.utf8)
  }

  private static func fault(_ path: String, _ failure: Files.Failure) -> ConfigurationFault {
    switch failure {
    case .tooLarge(let bytesMax): fault(path, .syntax(.documentTooLong(bytes: bytesMax + 1)))
    default: fault(path, .unreadable(failure))
    }
  }

  private static func fault(_ path: String, _ kind: ConfigurationFaultKind) -> ConfigurationFault {
    ConfigurationFault(place: SourcePlace(file: path, line: 1, column: 1), kind: kind)
  }
}
