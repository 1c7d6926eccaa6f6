import CSQLite
import System

/// Opens the store whatever is in its place: a file that is no good is put aside under another name
/// and a new one begun. Only the core does this: a second process would take the file away under it.
package enum Quarantine {
  package struct Opened {
    package let outbox: Outbox
    /// What the bad file is called now, and why it was put aside.
    package let putAside: (name: String, reason: OutboxError)?
  }

  /// - Throws: what has nothing to do with the file's content: no permission, no room, no folder.
  package static func open(_ path: String, bytesMax: Int, boot: String) throws(OutboxError)
    -> Opened
  {
    do throws(OutboxError) {
      return Opened(outbox: try checked(path, bytesMax: bytesMax, boot: boot), putAside: nil)
    } catch {
      guard error.isOfTheFile else { throw error }
      let name = try putAside(path)
      let outbox = try Outbox(path, bytesMax: bytesMax, boot: boot)
      return Opened(outbox: outbox, putAside: (name, error))
    }
  }

  /// Renames the file and its log. The log first: beside a new database it would be taken for the
  /// new one's.
  ///
  /// - Returns: the new name, `<path>.bad-<number>`.
  package static func putAside(_ path: String) throws(OutboxError) -> String {
    let number = (numbers(of: path).last ?? 0) + 1
    let name = "\(path).bad-\(number)"
    try rename("\(path)-wal", to: "\(name)-wal")
    Files.remove("\(path)-shm")
    try rename(path, to: name)
    // Another process may have opened the file between the two, and begun a log for it.
    for ending in ["-wal", "-shm"] { Files.remove(path + ending) }
    for old in numbers(of: path).dropLast(OutboxLimits.quarantinedMax) {
      for ending in ["", "-wal"] { Files.remove("\(path).bad-\(old)\(ending)") }
    }
    return name
  }

  /// Opens it and reads all of it once, so that a bad page is found now and not in a year.
  private static func checked(
    _ path: String, bytesMax: Int, boot: String
  ) throws(OutboxError) -> Outbox {
    let outbox = try Outbox(path, bytesMax: bytesMax, boot: boot)
    guard Files.bytes(of: path) <= OutboxLimits.checkedBytesMax else { return outbox }
    let verdict = try outbox.database.text("PRAGMA quick_check(1)")
    guard verdict == "ok" else { throw .sqlite(code: SQLITE_CORRUPT, system: 0) }
    return outbox
  }

  private static func rename(_ path: String, to name: String) throws(OutboxError) {
    guard Files.kind(path) != .missing else { return }
    do throws(Files.Failure) {
      try Files.rename(path, to: name)
    } catch {
      guard case .system(let code) = error else { return }
      throw .sqlite(code: SQLITE_CANTOPEN, system: code)
    }
  }

  /// Of the files put aside so far, ascending.
  private static func numbers(of path: String) -> [Int] {
    let prefix = Files.name(of: path) + ".bad-"
    guard let names = try? Files.names(in: Files.folder(of: path)) else { return [] }
    return names.filter { $0.utf8.starts(with: prefix.utf8) }
      .compactMap { Int(String($0.dropFirst(prefix.count))) }.sorted()
  }
}
