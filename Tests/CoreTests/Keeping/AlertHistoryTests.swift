import CPlatform
import System
import Testing
import TestSupport

@testable import Core

/// Goal: the newest records are kept in two files of a fixed size, and can be read from any place
/// on; damage costs what is damaged alone.
@Suite struct AlertHistoryTests {
  private static func record(_ number: Int64) -> AlertRecord {
    var alert = SavedAlert(name: "fall")
    (alert.state.episode, alert.wall) = (number, number)
    return .alert(alert)
  }

  private static func history(_ folder: TestFolder, bytes: Int = 4096) -> AlertHistory {
    AlertHistory(AppendFile(folder: folder.path, name: "history"), segmentBytes: bytes)
  }

  private static func read(_ folder: TestFolder, after: UInt64 = 0) -> [(UInt64, Int64)] {
    var found: [(UInt64, Int64)] = []
    AlertHistory.read(folder: folder.path, name: "history", after: after) { sequence, record in
      if case .alert(let alert) = record { found.append((sequence, alert.state.episode)) }
      return true
    }
    return found
  }

  @Test func `keeps the newest in two files`() throws {
    let folder = TestFolder()
    let history = Self.history(folder)
    for number in 1...200 as ClosedRange<Int64> { try history.append([Self.record(number)]) }
    let found = Self.read(folder)
    #expect(found.last?.1 == 200 && found.count >= 4096 / 200)
    #expect(found.map { $0.1 } == Array(found[0].1...200), "none is missing")
    #expect(Files.bytes(of: "\(folder.path)/history") <= 4096)
    #expect(Files.bytes(of: "\(folder.path)/history.old") <= 4096)
    let page = Self.read(folder, after: found[5].0)
    #expect(page.map { $0.1 } == found[6...].map { $0.1 })
    #expect(AlertHistory.episodes(folder: folder.path) == ["fall": 200])
  }

  @Test func `goes on after a start and after a torn end`() throws {
    let folder = TestFolder()
    try Self.history(folder).append([Self.record(1), Self.record(2)])
    try Files.append([0xFF, 0xFE, 9, 0], to: "\(folder.path)/history")
    try Self.history(folder).append([Self.record(3)])
    #expect(Self.read(folder).map { $0.1 } == [1, 2, 3])
    #expect(Self.read(folder).map { $0.0 } == [1, 2, 3])
  }

  @Test func `a damaged record is passed over, and a foreign file is set aside`() throws {
    let folder = TestFolder()
    try Self.history(folder).append([Self.record(1), Self.record(2), Self.record(3)])
    var bytes = try Files.read("\(folder.path)/history", bytesMax: 10_000)
    bytes[bytes.count / 2] ^= 1
    try Files.write(bytes, to: "\(folder.path)/history")
    #expect(Self.read(folder).map { $0.1 } == [1, 3])
    try Files.write(Array("what is this\n".utf8), to: "\(folder.path)/history")
    #expect(try Self.history(folder).append([Self.record(4)]) == "\(folder.path)/history.refused-1")
    #expect(Self.read(folder).map { $0.1 } == [4])
  }

  /// A file on a disk, of a process that has no descriptor left.
  private final class Unopened: AppendFile {
    var isShort = true

    override func open(bytesMax: Int) throws(AlertStateError) -> [UInt8]? {
      if isShort { throw .file(path: path, code: EMFILE) }
      return try super.open(bytesMax: bytesMax)
    }
  }

  @Test func `a lack of descriptors says nothing about the file, which stays`() throws {
    let folder = TestFolder()
    try Self.history(folder).append([Self.record(1), Self.record(2)])
    let file = Unopened(folder: folder.path, name: "history")
    let history = AlertHistory(file, segmentBytes: 4096)
    #expect(throws: AlertStateError.file(path: file.path, code: EMFILE)) {
      try history.append([Self.record(3)])
    }
    #expect(Files.kind("\(file.path).refused-1") == .missing)
    file.isShort = false
    #expect(try history.append([Self.record(4)]) == nil)
    #expect(Self.read(folder).map { $0.1 } == [1, 2, 4], "the third is a gap")
  }

  @Test func `a record with the greatest number that there is does not end the agent`() throws {
    for number in [UInt64.max, UInt64(Int64.max), UInt64(Int64.max) + 1] {
      let folder = TestFolder()
      let frame = RecordFrame.make(Self.record(1).bytes, sequence: number, durable: number)
      for name in ["history", "history.old"] {
        try Files.write(RecordLog.header + frame, to: "\(folder.path)/\(name)")
      }
      chmod("\(folder.path)/history", 0o600)
      try Self.history(folder).append([Self.record(2), Self.record(3)])
      #expect(Self.read(folder).map { $0.1 } == [2, 3])
    }
  }

  @Test func `at least the newest two thousand transitions are kept, as the documents say`() throws
  {
    let folder = TestFolder()
    let history = Self.history(folder, bytes: AlertKeepingLimits.historySegmentBytes)
    var alert = SavedAlert(name: "boiler-temperature")
    (alert.person, alert.acknowledgedBy, alert.note) = ("anna (Anna B.)", "anna", "on my way")
    let record = AlertRecord.alert(alert)
    #expect(RecordFrame.make(record.bytes, sequence: 1, durable: 1).count <= 256)
    var least = Int.max
    for written in 1...60 {
      try history.append(Array(repeating: record, count: 100))
      if written > 20 { least = min(least, Self.read(folder).count) }
    }
    #expect(Files.kind("\(folder.path)/history.old") != .missing)
    #expect(least >= 2_000)
  }

  @Test func `a file of many pieces is read whole`() throws {
    let folder = TestFolder()
    let history = Self.history(folder, bytes: AlertKeepingLimits.historySegmentBytes)
    try history.append((1...2000).map { Self.record($0) })
    #expect(Files.bytes(of: "\(folder.path)/history") > 3 * 64 * 1024)
    #expect(Self.read(folder).map { $0.1 } == Array(1...2000))
  }
}
