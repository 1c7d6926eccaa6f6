import CPlatform
import TestSupport

@testable import System

/// A folder as it is on a disk that has become read-only: through the root of a child process in
/// whose mount namespace it is. By its own path it can be written as before.
final class ReadOnlyView {
  /// The folder's other path.
  let path: String
  private let child: RunningChild

  /// False where this system makes no such namespace; that needs root.
  static let isPossible = (try? ReadOnlyView(of: TestFolder())) != nil

  /// Nil where it is not possible.
  init?(of folder: TestFolder) throws {
    let script = try folder.script(
      "hold",
      """
      exec unshare --mount sh -euc '
        mount --bind "$0" "$0"
        mount -o remount,bind,ro "$0"
        exec sleep 60' "\(folder.path)" 2>/dev/null
      """)
    child = try ChildProcess(path: script, variables: [], input: []).start()
    path = "/proc/\(child.identifier)/root\(folder.path)"
    var isReadOnly = false
    _ = eventually {
      isReadOnly = access(path, W_OK) != 0 && cp_errno() == EROFS
      return isReadOnly || child.outcome() != nil
    }
    if !isReadOnly { return nil }
  }

  deinit { child.kill() }
}
