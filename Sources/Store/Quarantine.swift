import CPlatform
import CSQLite
import System

/// Opens the outbox even if the file at its path is corrupt or foreign. It quarantines that file
/// under another name, and begins a new one. Only the core does this, because a second process
/// would take the file away from the core.
package enum Quarantine {
  package struct Opened {
    package let outbox: Outbox
    /// The new name of the bad file, and the reason of its quarantine; nil when the file was good.
    package let quarantined: (name: String, reason: OutboxError)?
  }

  /// Reads the whole file if it has at most `OutboxLimits.checkedBytesMax` bytes.
  ///
  /// - Throws: a fault that does not come from the file's content: no permission, no room, no
  ///   folder.
  @export(interface)
  package static func open(
    _ path: String, bytesMax: Int, boot: String, keepSeconds: Int64 = 0
  ) throws(OutboxError) -> Opened {
    do throws(OutboxError) {
      return Opened(
        outbox: try checked(path, bytesMax: bytesMax, boot: boot, keepSeconds: keepSeconds),
        quarantined: nil)
    } catch {
      guard error.isOfTheFile else { throw error }
      let name = try quarantine(path)
      let outbox = try Outbox(
        path, bytesMax: bytesMax, boot: boot, keepSeconds: keepSeconds)
      return Opened(outbox: outbox, quarantined: (name, error))
    }
  }

  /// Renames the log, then the file. In the other order, SQLite could take the old log for the log
  /// of a new database.
  ///
  /// - Returns: the new name, `<path>.bad-<number>`.
  @export(interface)
  package static func quarantine(_ path: String) throws(OutboxError) -> String {
    try checkDisk(path)
    let number = (numbers(of: path).last ?? 0) + 1
    let name = "\(path).bad-\(number)"
    try rename("\(path)-wal", to: "\(name)-wal")
    Files.remove("\(path)-shm")
    do throws(OutboxError) {
      try rename(path, to: name)
    } catch {
      // The file without its log would lack what was committed last.
      try? rename("\(name)-wal", to: "\(path)-wal")
      throw error
    }
    // Another process may have opened the file between the two renames and begun a new log for it.
    for ending in ["-wal", "-shm"] { Files.remove(path + ending) }
    for old in numbers(of: path).dropLast(OutboxLimits.quarantinedMax) {
      for ending in ["", "-wal"] { Files.remove("\(path).bad-\(old)\(ending)") }
    }
    return name
  }

  /// Opens the file and reads all of it once, so that the core finds a bad page now and not in a
  /// year.
  private static func checked(
    _ path: String, bytesMax: Int, boot: String, keepSeconds: Int64
  ) throws(OutboxError) -> Outbox {
    let outbox = try Outbox(
      path, bytesMax: bytesMax, boot: boot, keepSeconds: keepSeconds)
    guard Files.bytes(of: path) <= OutboxLimits.checkedBytesMax else { return outbox }
    let verdict = try outbox.database.text("PRAGMA quick_check(1)") ?? ""
    guard verdict == "ok" else { throw .sqlite(code: code(of: verdict), system: 0) }
    return outbox
  }

  /// SQLite tells a page that the disk did not give in the words of a check, not in a result code.
  /// That says nothing of the content.
  private static func code(of verdict: String) -> Int32 {
    let isOfTheDisk = ["error code=", "failed to get page"].contains { words in
      let (words, bytes) = (Array(words.utf8), Array(verdict.utf8))
      return bytes.indices.contains { bytes[$0...].starts(with: words) }
    }
    return isOfTheDisk ? SQLITE_IOERR : SQLITE_CORRUPT
  }

  /// SQLite cannot always tell a page that the disk does not give from one that is none. No
  /// connection of this process may have the file open: closing it here would let go of its locks.
  ///
  /// - Throws: `.sqlite` with the fault of the disk.
  private static func checkDisk(_ path: String) throws(OutboxError) {
    for path in [path, path + "-wal"] where Files.kind(path) == .file {
      guard let file = try? openDescriptor(path: path, flags: O_RDONLY) else { continue }
      var piece = [UInt8](repeating: 0, count: 64 << 10)
      var place = 0
      while place < OutboxLimits.checkedBytesMax {
        let count = piece.withUnsafeMutableBytes { room in
          uninterrupted { pread(file.raw, room.baseAddress, room.count, off_t(place)) }
        }
        guard count >= 0 else { throw .disk(cp_errno()) }
        if count == 0 { break }
        place += count
      }
    }
  }

  private static func rename(_ path: String, to name: String) throws(OutboxError) {
    guard Files.kind(path) != .missing else { return }
    do throws(Files.Failure) {
      try Files.rename(path, to: name)
    } catch {
      // It has its new name, and only a power cut could take that back.
      if Files.kind(path) == .missing, Files.kind(name) != .missing { return }
      guard case .system(let code) = error else { return }
      throw .sqlite(code: SQLITE_CANTOPEN, system: code)
    }
  }

  /// The numbers of the quarantined files, in ascending order.
  private static func numbers(of path: String) -> [Int] {
    let prefix = Files.name(of: path) + ".bad-"
    guard let names = try? Files.names(in: Files.folder(of: path)) else { return [] }
    return names.filter { $0.utf8.starts(with: prefix.utf8) }
      .compactMap { Int(String($0.dropFirst(prefix.count))) }
      // The agent's own numbers begin with 1; another name may hold the largest number there is.
      .filter { $0 > 0 && $0 < .max }.sorted()
  }
}
