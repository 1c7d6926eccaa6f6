import System

/// How often each process may connect. A program that connects in a loop is hung up on before the
/// hot thread hears of it, and keeps no other program out.
///
/// The doorkeeper alone uses it.
struct ConnectionMeter {
  private struct Entry {
    let process: Int32
    var reserve: TokenBucket
    var usedAt: Int64
  }

  private var entries: [Entry] = []

  mutating func admits(_ process: Int32, at now: Int64) -> Bool {
    let index = entries.firstIndex { $0.process == process } ?? add(process, at: now)
    entries[index].usedAt = now
    return entries[index].reserve.take(at: now)
  }

  private mutating func add(_ process: Int32, at now: Int64) -> Int {
    let entry = Entry(
      process: process,
      reserve: TokenBucket(
        perSecond: PipelineLimits.connectionsPerSecond,
        capacity: PipelineLimits.connectionsAtOnce, at: now),
      usedAt: now)
    if entries.count < PipelineLimits.processesMax {
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
