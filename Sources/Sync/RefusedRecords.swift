import System
import Text

/// The records that the server refused when they went alone, as far as sync remembers them.
///
/// One refusal does not say whose fault it is: a server that is broken refuses everything. So a
/// record that was refused is passed over for a while, and what is behind it goes. When the server
/// takes another record, it works, and the refused one is tried again. Then its refusal is about
/// itself. Sync tries it a few times more before it sets the record aside.
package struct RefusedRecords: Equatable {
  /// One record.
  struct Entry: Equatable {
    let sequence: Int64
    /// So often the server refused it alone.
    var tries: Int64 = 0
    /// CLOCK_BOOTTIME of the first refusal, in nanoseconds, in the boot `boot`.
    var firstAt: Int64
    var boot: String
    /// The server has taken another record since.
    var serverWorks = false
    var isPassedOver = true
    /// While it is passed over and the server works: the time of the next try, CLOCK_BOOTTIME.
    var notBefore: Int64 = 0
  }

  /// A moment of one boot.
  struct Moment {
    var boot: String
    /// CLOCK_BOOTTIME in nanoseconds.
    var at: Int64

    static var now: Moment { Moment(boot: Clock.bootIdentifier(), at: Clock.boot()) }
  }

  /// The outbox to which the sequences belong.
  private(set) var epoch = ""
  private(set) var entries: [Entry] = []

  package init() {}

  /// What the next batch leaves out.
  var passedOver: Set<Int64> { Set(entries.filter { $0.isPassedOver }.map { $0.sequence }) }

  /// The server works, and refuses so many records all the same.
  package var count: Int { entries.count { $0.serverWorks } }

  /// Another outbox has other records.
  mutating func follow(_ epoch: String) {
    guard !self.epoch.utf8.elementsEqual(epoch.utf8) else { return }
    (self.epoch, entries) = (epoch, [])
  }

  /// Whether a record was refused before.
  func has(_ sequence: Int64) -> Bool { entries.contains { $0.sequence == sequence } }

  /// What the next round need not look at: everything waits for its time.
  func resting(at now: Moment) -> Set<Int64> {
    Set(entries.filter { $0.serverWorks && !isDue($0, now) && $0.isPassedOver }.map { $0.sequence })
  }

  // MARK: what happens

  /// The server took records. Those among them that it had refused before are forgotten, and the
  /// others are tried again.
  mutating func took(_ sequences: some Sequence<Int64>) {
    guard !entries.isEmpty else { return }
    let taken = Set(sequences)
    entries.removeAll { taken.contains($0.sequence) }
    for index in entries.indices where !entries[index].serverWorks {
      (entries[index].serverWorks, entries[index].isPassedOver) = (true, false)
    }
  }

  /// The server refused a record that went alone.
  ///
  /// - Parameter pause: nanoseconds until the next try, where the server works.
  /// - Returns: what is known of the record now; nil when there is no room for one more.
  mutating func refused(_ sequence: Int64, at now: Moment, pause: Int64) -> Entry? {
    var place = entries.firstIndex { $0.sequence == sequence }
    if place == nil, entries.count < SyncLimits.refusedMax {
      entries.append(Entry(sequence: sequence, firstAt: now.at, boot: now.boot))
      place = entries.count - 1
    }
    guard let place else { return nil }
    entries[place].tries += entries[place].tries < .max ? 1 : 0
    entries[place].isPassedOver = true
    if entries[place].serverWorks { entries[place].notBefore = now.at &+ pause }
    // Nobody knows how long ago that was in another boot. It counts from now.
    if !entries[place].boot.utf8.elementsEqual(now.boot.utf8) {
      (entries[place].boot, entries[place].firstAt) = (now.boot, now.at)
    }
    return entries[place]
  }

  /// Whether sync gives the record up. It does so at once where the server works and says that the
  /// record itself is wrong.
  ///
  /// - Parameter isOfRecord: the answer is one about the content of what was sent.
  func isGivenUp(_ entry: Entry, isOfRecord: Bool, at now: Moment) -> Bool {
    if entry.serverWorks && isOfRecord { return true }
    guard entry.tries >= SyncLimits.refusalsMax else { return false }
    let elapsed = now.at &- entry.firstAt
    if entry.serverWorks { return elapsed >= SyncLimits.refusalNanoseconds }
    // No other record was there that could show whether the server takes any.
    return isOfRecord && elapsed >= SyncLimits.loneRefusalNanoseconds
  }

  mutating func forget(_ sequence: Int64) { entries.removeAll { $0.sequence == sequence } }

  /// Nothing else waits: those whose time has come go again, and all of which nobody knows whether
  /// the server is at fault.
  ///
  /// - Returns: whether there are any.
  mutating func release(at now: Moment) -> Bool {
    var (released, isAny) = (0, false)
    for index in entries.indices where entries[index].isPassedOver {
      if entries[index].serverWorks {
        guard released < SyncLimits.retriedMax, isDue(entries[index], now) else { continue }
        released += 1
      }
      (entries[index].isPassedOver, isAny) = (false, true)
    }
    return isAny
  }

  /// There are as many as may be, and the server took none. The next round begins with the first.
  mutating func releaseSuspects() {
    for index in entries.indices where !entries[index].serverWorks {
      entries[index].isPassedOver = false
    }
  }

  private func isDue(_ entry: Entry, _ now: Moment) -> Bool {
    !entry.boot.utf8.elementsEqual(now.boot.utf8) || now.at >= entry.notBefore
  }
}

extension RefusedRecords {
  init(_ value: JSONValue?) {
    guard let value, let epoch = value["epoch"]?.string else { return }
    self.epoch = epoch
    for element in (value["records"]?.array ?? []).prefix(SyncLimits.refusedMax) {
      guard let sequence = element["sequence"]?.int64, !has(sequence) else { continue }
      func number(_ name: String) -> Int64 { max(0, element[name]?.int64 ?? 0) }
      entries.append(
        Entry(
          sequence: sequence, tries: number("tries"), firstAt: number("first_at"),
          boot: element["boot"]?.string ?? "", serverWorks: element["alone"]?.bool ?? false,
          isPassedOver: element["waits"]?.bool ?? true, notBefore: number("not_before")))
    }
  }

  func put(into writer: inout JSONWriter) {
    writer.member("epoch", epoch)
    writer.array("records") { writer in
      for entry in entries {
        writer.object { writer in
          writer.member("sequence", entry.sequence)
          writer.member("tries", entry.tries)
          writer.member("first_at", entry.firstAt)
          writer.member("boot", entry.boot)
          writer.member("alone", entry.serverWorks)
          writer.member("waits", entry.isPassedOver)
          writer.member("not_before", entry.notBefore)
        }
      }
    }
  }
}
