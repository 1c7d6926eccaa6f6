import CPlatform
import Config
import Synchronization
import System

/// What stands, in memory that a killed process leaves behind: a file that the hot thread has
/// mapped. The keeper's files come a little later, since a disk takes time; an agent that is killed
/// between the two finds here what it had told.
///
///     hot thread ─▶ mapped words ─▶ (kill -9) ─▶ the next start
///         └──ring──▶ keeper ─▶ state              merges both
///
/// A write is a few stores and no system call. Nothing waits for a disk, and over a loss of power
/// the file promises nothing: the boot in each record is another one then. Where the control socket
/// lies in /run, the file lies beside it: that is memory, and no disk can keep a store waiting
/// while it writes the page.
final class StandingFile: @unchecked Sendable {
  static let name = "standing"

  /// One word more for each record: a count that is odd while the record is written.
  static let strideWords = StandingRecord.words + 1
  static let strideBytes = strideWords * 8

  private let words: UnsafeMutablePointer<Atomic<UInt64>>
  private let names: [UInt64]
  private let boot: UInt64
  private let byteCount: Int

  static func path(_ configuration: Configuration) -> String {
    let socket = configuration.control.socket
    if socket.utf8.starts(with: "/run/".utf8) { return socket + "." + name }
    return AlertStateFile.folder(in: configuration.agent.state) + "/" + name
  }

  // MARK: the last run's

  /// The sound records of a file; none where there is no file of this user's own.
  static func read(_ path: String) -> [StandingRecord] {
    var status = stat()
    guard path.withCString({ lstat($0, &status) }) == 0, isOwn(status),
      let bytes = try? Files.read(
        path, bytesMax: AlertKeepingLimits.standingBytesMax, links: .refused)
    else { return [] }
    var found: [StandingRecord] = []
    bytes.withUnsafeBytes { bytes in
      for start in stride(from: 0, through: bytes.count - strideBytes, by: strideBytes) {
        let words = (0..<strideWords).map {
          bytes.loadUnaligned(fromByteOffset: start + 8 * $0, as: UInt64.self)
        }
        // An odd count: the process ended in the middle.
        guard words[0] & 1 == 0, words[0] > 0 else { continue }
        let record = words.withUnsafeBufferPointer {
          StandingRecord(UnsafeBufferPointer(rebasing: $0[1...]))
        }
        if let record { found.append(record) }
      }
    }
    return found
  }

  private static func isOwn(_ status: stat) -> Bool {
    UInt32(status.st_mode) & CP_S_IFMT == CP_S_IFREG && status.st_uid == geteuid()
      && status.st_nlink == 1 && UInt32(status.st_mode) & 0o022 == 0
  }

  // MARK: this run's

  /// Makes the file with what stands now, in the place of the last run's. The whole of it is
  /// touched, so that no store has to wait for a page.
  ///
  /// - Throws: there is none; then the alerts are kept by the keeper alone.
  init(
    _ path: String, for alerts: [SavedAlert], boot bootName: String, at now: Int64
  ) throws(AlertStateError) {
    names = alerts.map { StandingRecord.mark(of: $0.name) }
    boot = StandingRecord.mark(of: bootName)
    byteCount = max(1, alerts.count) * Self.strideBytes
    let new = path + ".new"
    Files.remove(new)
    let flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let raw = new.withCString { cp_open($0, flags, 0o600) }
    guard raw >= 0 else { throw .file(path: new, code: cp_errno()) }
    defer { _ = close(raw) }
    do throws(Files.Failure) {
      // Its blocks are taken now: a store into a hole of a full disk would end the process.
      try Files.append([UInt8](repeating: 0, count: byteCount), to: raw)
    } catch {
      throw .from(error, path: new)
    }
    let mapped = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, raw, 0)
    guard let mapped, mapped != UnsafeMutableRawPointer(bitPattern: -1) else {
      throw .file(path: new, code: cp_errno())
    }
    _ = mlock(mapped, byteCount)
    words = mapped.bindMemory(
      to: Atomic<UInt64>.self, capacity: byteCount / MemoryLayout<UInt64>.size)
    for (index, alert) in alerts.enumerated() {
      put(StandingRecord(alert, boot: boot, at: now), of: index)
    }
    do throws(Files.Failure) {
      try Files.rename(new, to: path)
    } catch {
      throw .from(error, path: path)
    }
  }

  deinit { munmap(words, byteCount) }

  /// Hot: before a change is told. Values alone are no change and are not written, so that a disk
  /// below is left alone.
  func note(_ snapshot: AlertSnapshot, of alert: Int, at now: Int64) {
    guard names.indices.contains(alert) else { return }
    put(StandingRecord(name: names[alert], boot: boot, snapshot, at: now), of: alert)
  }

  private func put(_ record: StandingRecord, of alert: Int) {
    let place = words + alert * Self.strideWords
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: StandingRecord.words) { copy in
      record.write(into: copy)
      let before = place[0].load(ordering: .relaxed)
      place[0].store(before | 1, ordering: .relaxed)
      atomicMemoryFence(ordering: .releasing)
      for index in 0..<StandingRecord.words {
        place[1 + index].store(copy[index], ordering: .relaxed)
      }
      place[0].store((before | 1) &+ 1, ordering: .releasing)
    }
  }
}
