import System

/// Why the state of the alerts cannot be read or written.
enum AlertStateError: Error, Equatable {
  case file(path: String, code: Int32)
  /// The file or the folder belongs to another user.
  case foreign(path: String, user: UInt32)
  /// Others than the owner may write it.
  case writable(path: String, mode: UInt32)
  /// A link, a device, or a second name of the same file.
  case notPlain(path: String)
  /// Another agent has the same state folder.
  case busy(folder: String)
  /// It does not begin as this version's files do.
  case notOurs
  /// A record that was surely on the disk is damaged.
  case corrupt(offset: Int)
  case tooLarge(bytesMax: Int)
}

extension AlertStateError {
  static func from(_ failure: Files.Failure, path: String) -> AlertStateError {
    switch failure {
    case .system(let code): .file(path: path, code: code)
    case .tooLarge(let bytesMax): .tooLarge(bytesMax: bytesMax)
    case .notRegular, .tooManyNames: .notPlain(path: path)
    }
  }

  var message: String {
    switch self {
    case .file(let path, let code): "\(path): \(SystemText.of(code))"
    case .foreign(let path, let user):
      "\(path) belongs to user \(user), not to the agent's; give it to the agent's user or remove it"
    case .writable(let path, let mode):
      "\(path) may be written by others (mode \(String(mode & 0o777, radix: 8))); "
        + "take that right away: chmod go-w"
    case .notPlain(let path): "\(path) is no plain file or folder of its own; remove it"
    case .busy(let folder):
      "\(folder): another agent keeps its alerts there; give this one another [agent] state"
    case .notOurs: "it is no state of alerts of this version"
    case .corrupt(let offset): "it is damaged at byte \(offset)"
    case .tooLarge(let bytesMax): "it is larger than \(bytesMax) bytes"
    }
  }
}
