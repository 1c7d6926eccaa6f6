import Text

/// `[black_box]`: what is kept of a sensor's frames, so that an alert leaves a recording of what
/// led to it.
package struct BlackBoxSettings: Equatable, Sendable {
  /// What a recording has from before the alert; 0 turns the black box off.
  package var beforeNanoseconds: Int64 = 10_000_000_000
  /// And from after it.
  package var afterNanoseconds: Int64 = 5_000_000_000
  /// Frames that are kept of one sensor, at most. A sensor that needs less for `before` takes less.
  /// Nil: `memoryBytes(ofEach:)` says it.
  package var memoryBytes: Int?
  /// All recordings of the outbox together. The oldest goes first.
  package var sizeBytes = 4 << 20

  package init() {}

  /// Some seconds at 50 Hz for each of a few sensors; many share what six have.
  package func memoryBytes(ofEach count: Int) -> Int {
    memoryBytes ?? min(16 << 10, (96 << 10) / max(1, count))
  }

  package var isOn: Bool { beforeNanoseconds > 0 }

  package static var off: BlackBoxSettings {
    var settings = BlackBoxSettings()
    settings.beforeNanoseconds = 0
    return settings
  }
}

extension ConfigurationReader {
  func blackBox(_ table: TOMLTable, hasStore: Bool) -> BlackBoxSettings {
    let box = TableReader(
      table, .blackBox, known: ["before", "after", "memory", "size"], faults: faults)
    var settings = BlackBoxSettings()
    let times = ConfigurationLimits.blackBoxNanoseconds
    if let before = box.duration(box.optional("before"), in: times) {
      settings.beforeNanoseconds = before
    }
    if let after = box.duration(box.optional("after"), in: times) {
      settings.afterNanoseconds = after
    }
    func bytes(_ key: String, _ range: ClosedRange<Int>) -> Int? {
      box.parsed(box.optional(key), .memory(range)) { text in
        MemoryText.bytes(text).flatMap { range.contains($0) ? $0 : nil }
      }
    }
    if let memory = bytes("memory", ConfigurationLimits.blackBoxMemoryBytes) {
      settings.memoryBytes = memory
    }
    if let size = bytes("size", ConfigurationLimits.blackBoxSizeBytes) {
      settings.sizeBytes = size
    }
    if !hasStore { box.noteNotApplicable(["size"], .store) }
    return settings
  }
}
