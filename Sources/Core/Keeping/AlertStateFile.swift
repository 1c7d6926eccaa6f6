import Config
import System

/// `STATE/alerts/state`: what stands, who did what about it, which levels a person set. It belongs
/// to the core's user alone, and one process at a time has it.
///
/// Records are written at its end. A record is promised to a person when it is on the disk. Above
/// 256 KiB the file is written anew: as a whole, under another name, and then renamed.
final class AlertStateFile {
  static let name = "state"

  private let file: AppendFile
  private let lock: FolderLock
  private let bytesMax: Int
  private(set) var model = AlertStateModel()
  /// The number of the last record, and of the last one that is surely on the disk.
  private(set) var sequence: UInt64 = 0
  private var durable: UInt64 = 0
  /// A write failed, and what the file holds is in doubt: the next step writes it anew.
  private var isInDoubt = false

  /// The folder of a configuration's state folder.
  static func folder(in state: String) -> String { state + "/alerts" }

  /// Reads what is there, and cuts a torn end off.
  ///
  /// - Throws: for a file that cannot be believed. The caller sets it aside, loudly, and begins
  ///   anew.
  init(
    _ file: AppendFile, bytesMax: Int = AlertKeepingLimits.stateBytesMax
  ) throws(AlertStateError) {
    (self.file, self.bytesMax) = (file, bytesMax)
    try AppendFile.prepare(folder: file.folder)
    let lock: FolderLock?
    do throws(Files.Failure) {
      lock = try FolderLock(file.folder)
    } catch {
      throw .from(error, path: file.folder)
    }
    guard let lock else { throw .busy(folder: file.folder) }
    self.lock = lock
    if let bytes = try file.open(bytesMax: AlertKeepingLimits.stateBytesEver) { try read(bytes) }
  }

  private func read(_ bytes: [UInt8]) throws(AlertStateError) {
    (model, sequence) = try Self.model(of: bytes)
    durable = sequence
  }

  private static func model(
    of bytes: [UInt8]
  ) throws(AlertStateError) -> (AlertStateModel, UInt64) {
    let log = try RecordLog(bytes, needsAll: true)
    var model = AlertStateModel()
    for frame in log.frames {
      guard let record = AlertRecord(bytes[frame.payload]) else {
        throw .corrupt(offset: frame.payload.lowerBound)
      }
      model.apply(record)
    }
    return (model, log.frames.last!.sequence)
  }

  /// Levels that a person had set and that `restore` found no place for.
  private(set) var dropped: [SavedOverride] = []

  /// What stands now, for the alerts of a configuration; the file then begins with it.
  ///
  /// - Parameters:
  ///   - numbers: the numbers of episodes that other files know of, by name.
  ///   - standing: what the last run had told, from its mapped file.
  /// - Returns: one for each of `alerts`, in their order.
  func restore(
    for alerts: [AlertSettings], at clock: ClockNote, numbers: [String: Int64] = [:],
    standing: [StandingRecord] = [], overrides isKept: (SavedOverride) -> Bool = { _ in true }
  ) throws(AlertStateError) -> [SavedAlert] {
    let restored = AlertRestore(
      saved: model, clock: clock, standing: standing, numbers: numbers
    ).alerts(for: alerts)
    model.begin(restored, clock)
    dropped = model.overrides.filter { !isKept($0) }
    model.keepOverrides(isKept)
    try rewrite()
    return Array(restored.prefix(alerts.count))
  }

  /// Writes acts down, durably: nobody is told anything before.
  ///
  /// - Returns: their numbers.
  /// - Throws: nothing was written down, and the acts will not come back at the next start.
  func keep(_ acts: [StoredAct]) throws(AlertStateError) -> [UInt64] {
    let first = sequence + 1
    let records = acts.enumerated().map { AlertRecord.act(id: first + UInt64($0), $1) }
    try keepDurably(records)
    return records.indices.map { first + UInt64($0) }
  }

  /// Like `keep(_:)`, for levels.
  func keep(levels: AlertRecord) throws(AlertStateError) { try keepDurably([levels]) }

  private func keepDurably(_ records: [AlertRecord]) throws(AlertStateError) {
    try makeReady()
    let (before, last) = (file.byteCount, sequence)
    do throws(AlertStateError) {
      try write(records)
      try file.synchronize()
    } catch {
      // What was refused must not be found at the next start.
      isInDoubt = true
      sequence = last
      try? file.cut(to: before)
      throw error
    }
    durable = sequence
    for record in records { model.apply(record) }
  }

  /// Notes what has happened already. It is remembered in any case: a file that does not take it is
  /// written anew with it later.
  func note(_ records: [AlertRecord]) throws(AlertStateError) {
    for record in records { remember(record) }
    try write(noted: records)
  }

  func remember(_ record: AlertRecord) { model.apply(record) }

  /// The file lacks something that was remembered.
  func doubt() { isInDoubt = true }

  func write(noted records: [AlertRecord]) throws(AlertStateError) {
    // What is written anew holds them already.
    guard !records.isEmpty else { return }
    if try makeReady() { return }
    do throws(AlertStateError) {
      try write(records)
      try file.synchronize()
    } catch {
      isInDoubt = true
      throw error
    }
    durable = sequence
  }

  /// The next transition of the hot thread, as a record.
  func record(_ transition: KeptTransition, name: String) -> AlertRecord {
    .alert(model.after(transition, name: name))
  }

  private func write(_ records: [AlertRecord]) throws(AlertStateError) {
    var bytes: [UInt8] = []
    for record in records {
      sequence += 1
      bytes += RecordFrame.make(record.bytes, sequence: sequence, durable: durable)
    }
    try file.write(bytes)
  }

  /// - Returns: true when the file was written anew.
  @discardableResult
  private func makeReady() throws(AlertStateError) -> Bool {
    if isInDoubt {
      try rewrite()
      return true
    }
    guard file.byteCount > bytesMax else { return false }
    do throws(AlertStateError) {
      try rewrite()
      return true
    } catch {
      // Perhaps the disk has no room for a second file: then the first may grow for a while.
      guard !isInDoubt, file.byteCount < AlertKeepingLimits.stateBytesEver - 64 * 1024 else {
        throw error
      }
      return false
    }
  }

  /// Numbers go on: no two records of one file ever have the same.
  private func rewrite() throws(AlertStateError) {
    let records = model.records
    let last = sequence + UInt64(records.count)
    var bytes = RecordLog.header
    for (index, record) in records.enumerated() {
      bytes += RecordFrame.make(
        record.bytes, sequence: sequence + UInt64(index) + 1, durable: last)
    }
    try file.writeAnew(bytes)
    isInDoubt = true
    try file.takeNew(byteCount: bytes.count)
    (sequence, durable, isInDoubt) = (last, last, false)
  }

  // MARK: for others

  /// The levels that persons set, as the file has them, without changing it: for `check`. None if
  /// there is no file, or if it cannot be read.
  static func overrides(in state: String) -> [SavedOverride] {
    saved(in: folder(in: state))?.overrides ?? []
  }

  /// What the file of that folder says, without changing it.
  static func saved(in folder: String) -> AlertStateModel? {
    let path = folder + "/" + name
    guard let bytes = try? Files.read(path, bytesMax: AlertKeepingLimits.stateBytesEver) else {
      return nil
    }
    return (try? model(of: bytes))?.0
  }
}
