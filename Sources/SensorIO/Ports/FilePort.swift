import CPlatform
import System

/// Regular files, named pipes and standard input, read to their end.
package enum FilePort {
  /// Opens a file for reading. A named pipe opens at once, before it has a writer. Wait for the
  /// poller before the first read: before there is a writer, a read gives `.end`.
  @export(interface)
  package static func open(path: String) throws(PortError) -> Descriptor {
    do throws(SystemError) {
      let descriptor = try openDescriptor(path: path, flags: O_RDONLY)
      guard fileType(descriptor.raw) != CP_S_IFDIR else {
        throw SystemError(call: .open, code: EISDIR)
      }
      return descriptor
    } catch {
      if error.code == EISDIR { throw .isFolder(path: path) }
      throw .from(error, path: path)
    }
  }

  /// Standard input, non-blocking.
  ///
  /// O_NONBLOCK belongs to the open file, not to the number 0: on a terminal it would change
  /// standard output and the shell, too. So this opens the file a second time if that is possible.
  @export(interface)
  package static func standardInput() throws(PortError) -> Descriptor {
    let path = "/proc/self/fd/0"
    // A regular file is not opened again, so that it keeps its offset (a shell may have read its
    // first lines). A read of it never waits anyway.
    if fileType(0) != CP_S_IFREG, let again = try? openDescriptor(path: path, flags: O_RDONLY) {
      return again
    }
    do throws(SystemError) {
      let descriptor = try duplicate(0)
      let flags = cp_fcntl(0, F_GETFL, 0)
      guard flags >= 0, cp_fcntl(0, F_SETFL, flags | O_NONBLOCK) >= 0 else { throw .last(.fcntl) }
      return descriptor
    } catch {
      throw .from(error, path: path)
    }
  }
}
