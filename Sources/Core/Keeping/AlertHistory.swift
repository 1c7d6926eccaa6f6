import System

/// What happened, in two files: the newest records, and those before. When the first is full it
/// becomes the second, and the second goes. So at least the newest 2,000 transitions of 256 bytes
/// are kept, in 1 MiB.
///
/// Nothing that raises an alert depends on it: a damaged record is passed over, and a file that is
/// no history is set aside.
final class AlertHistory {
  static let name = "history"
  static let auditName = "audit"

  private let file: AppendFile
  private let segmentBytes: Int
  private var sequence: UInt64 = 0
  private var isOpen = false

  init(_ file: AppendFile, segmentBytes: Int) {
    (self.file, self.segmentBytes) = (file, segmentBytes)
  }

  /// - Returns: the other name of a file that was no history; nil where all is well.
  func open() throws(AlertStateError) -> String? {
    var other: String?
    do throws(AlertStateError) {
      if let bytes = try file.open(bytesMax: 2 * segmentBytes) {
        let log = try RecordLog(bytes, needsAll: false)
        sequence = log.frames.last?.sequence ?? sequence
        if log.end < bytes.count { try file.cut(to: log.end) }
        isOpen = true
        return nil
      }
    } catch {
      // What a lack of descriptors or a broken disk says is nothing about the content.
      if case .file = error { throw error }
      other = file.setAside()
      guard other != nil else { throw error }
    }
    if sequence == 0, let old = try? Files.read(Self.older(file.path), bytesMax: 2 * segmentBytes),
      let log = try? RecordLog(old, needsAll: false)
    {
      sequence = log.frames.last?.sequence ?? 0
    }
    try begin()
    return other
  }

  private static func older(_ path: String) -> String { path + ".old" }

  private func begin() throws(AlertStateError) {
    try file.writeAnew(RecordLog.header)
    try file.takeNew(byteCount: RecordLog.header.count)
    isOpen = true
  }

  /// - Returns: the other name of a file that was no history.
  /// - Throws: the records are lost to the history, which goes on with the next ones.
  @discardableResult
  func append(_ records: [AlertRecord]) throws(AlertStateError) -> String? {
    guard !records.isEmpty else { return nil }
    let other = isOpen ? nil : try open()
    var bytes: [UInt8] = []
    var next = sequence
    for record in records {
      next += 1
      bytes += RecordFrame.make(record.bytes, sequence: next, durable: sequence)
    }
    if file.byteCount + bytes.count > segmentBytes { try turn() }
    let before = file.byteCount
    do throws(AlertStateError) {
      try file.write(bytes)
      try file.synchronize()
    } catch {
      // Half a record would end the reading of what follows no more than a torn end does; but it
      // takes room.
      try? file.cut(to: before)
      isOpen = false
      throw error
    }
    sequence = next
    return other
  }

  private func turn() throws(AlertStateError) {
    isOpen = false
    do throws(Files.Failure) {
      try Files.rename(file.path, to: Self.older(file.path))
    } catch {
      throw .from(error, path: file.path)
    }
    try begin()
  }

  // MARK: reading, on another thread too

  /// Hands over the records in their order, the old file first, until the closure returns false. A
  /// record that is being written is not there yet. It takes 64 KiB at a time.
  ///
  /// - Parameter after: begins behind the record of that number.
  static func read(
    folder: String, name: String, after: UInt64 = 0, _ take: (UInt64, AlertRecord) -> Bool
  ) {
    let path = folder + "/" + name
    var last = after
    var goesOn = true
    // The first file may become the second while this reads. Then records are missing between the
    // two, and this looks for them once more.
    for _ in 0..<2 {
      var hasGap = false
      for (index, path) in [older(path), path].enumerated() {
        let before = last
        RecordStream.read(path) { sequence, payload in
          guard sequence > last else { return true }
          if index == 1, last == before, before > after, sequence > last + 1 { hasGap = true }
          guard !hasGap else { return false }
          guard let record = AlertRecord(payload) else { return true }
          last = sequence
          goesOn = take(sequence, record)
          return goesOn
        }
        if !goesOn { return }
      }
      if !hasGap { return }
    }
  }

  /// The highest numbers of episodes that the history knows of, by name.
  static func episodes(folder: String) -> [String: Int64] {
    var numbers: [String: Int64] = [:]
    read(folder: folder, name: name) { _, record in
      if case .alert(let alert) = record {
        numbers[alert.name] = max(numbers[alert.name] ?? 0, alert.state.episode)
      }
      return true
    }
    return numbers
  }
}
