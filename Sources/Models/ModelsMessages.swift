import CPlatform
import System
import Text

extension ModelsError {
  package var lines: [String] {
    @export(interface)
    get {
      switch self {
      case .file(let path, .system(code: ENOSPC)), .file(let path, .system(code: EDQUOT)):
        ["\(path): the disk is full; free some space, for example with `edgeagent models remove`"]
      case .file(let path, .system(code: EACCES)), .file(let path, .system(code: EROFS)):
        ["\(path): may not be written; be the user that the agent runs as"]
      case .file(let path, let failure): ["\(path): \(failure.text)"]
      case .bundle(let error): error.lines
      case .pinned(let model, let version):
        ["\(model) is pinned at version \(version); `edgeagent models unpin \(model)` frees it"]
      case .noPrevious(let model, let current, let available):
        [
          "\(model): nothing was active before version \(current); installed: "
            + "\(available.quotedList); choose one with `edgeagent models activate`"
        ]
      case .isActive(let model, let version):
        [
          "\(model)/\(version) is the active version; activate another one first, with "
            + "`edgeagent models activate \(model)/VERSION`"
        ]
      case .triedBefore(let model, let version, let reason, let against?):
        [
          "\(model)/\(version) failed its trial against \(model)/\(against), which is current: "
            + "\(reason); `edgeagent models activate \(model)/\(version)` takes it all the same, "
            + "and beside another current version it may be tried again"
        ]
      case .triedBefore(let model, let version, let reason, nil):
        [
          "\(model)/\(version) was no good on this board: \(reason); `edgeagent models activate "
            + "\(model)/\(version)` takes it all the same, `edgeagent models remove "
            + "\(model)/\(version)` and another pull try it again"
        ]
      case .reserved(let version):
        ["no version may be called \"\(version)\"; its owner gives it another name"]
      case .overtaken(let model, let version, let current):
        ["\(model)/\(version) is older than \(model)/\(current), which has become active meanwhile"]
      case .versionDiffers(let folder):
        [
          "\(folder): installed with other files; a version never changes: its owner gives the new "
            + "one a new version"
        ]
      case .busy(let folder):
        ["\(folder): another process is changing it; try again when that one has finished"]
      }
    }
  }
}
