/// How often each of many may do something: processes and users that connect, users whose refused
/// acts are written down. Whoever does it all the time takes nothing from the others.
///
/// Belongs to one thread.
struct RateMeter<Key: Equatable> {
  private struct Entry {
    let key: Key
    var reserve: TokenBucket
    var usedAt: Int64
  }

  private let perSecond: Double
  private let capacity: Double
  private let keysMax: Int
  private var entries: [Entry] = []

  /// - Parameters:
  ///   - capacity: so often at once, where it was quiet before.
  ///   - keysMax: so many are known apart; with more, the one that is quiet for longest is
  ///     forgotten.
  init(perSecond: Double, capacity: Double, keysMax: Int) {
    (self.perSecond, self.capacity, self.keysMax) = (perSecond, capacity, keysMax)
  }

  /// - Complexity: O(`keysMax`).
  mutating func admits(_ key: Key, at now: Int64) -> Bool {
    let index = entries.firstIndex { $0.key == key } ?? add(key, at: now)
    entries[index].usedAt = now
    return entries[index].reserve.take(at: now)
  }

  private mutating func add(_ key: Key, at now: Int64) -> Int {
    let entry = Entry(
      key: key, reserve: TokenBucket(perSecond: perSecond, capacity: capacity, at: now),
      usedAt: now)
    if entries.count < keysMax {
      entries.append(entry)
      return entries.count - 1
    }
    var quietest = 0
    for index in entries.indices where entries[index].usedAt < entries[quietest].usedAt {
      quietest = index
    }
    entries[quietest] = entry
    return quietest
  }
}
