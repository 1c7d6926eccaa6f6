/// Counts the connections of each user, so that one who connects all the time is closed at once and
/// keeps nobody else out. The kernel says who the user is.
struct ConnectionsOfUsers {
  private struct Count {
    let user: UInt32
    var start: Int64
    var accepted: Int
  }

  /// The last user that was closed, and how many connections were since the last news.
  struct Closed: Equatable {
    let user: UInt32
    let count: Int64
  }

  private var counts: [Count] = []
  private var closed: Closed?
  private var nextNews: Int64 = .min

  /// False for a connection that is to be closed.
  mutating func admits(_ user: UInt32, at now: Int64) -> Bool {
    let place = place(of: user, at: now)
    if now - counts[place].start >= 1_000_000_000 {
      counts[place] = Count(user: user, start: now, accepted: 0)
    }
    guard counts[place].accepted < ControlLimits.acceptsPerSecond else {
      closed = Closed(user: user, count: (closed?.count ?? 0) &+ 1)
      return false
    }
    counts[place].accepted += 1
    return true
  }

  private mutating func place(of user: UInt32, at now: Int64) -> Int {
    if let place = counts.firstIndex(where: { $0.user == user }) { return place }
    let new = Count(user: user, start: now, accepted: 0)
    guard counts.count >= ControlLimits.meteredUsersMax else {
      counts.append(new)
      return counts.count - 1
    }
    // The one whose second began first makes room.
    let oldest = counts.indices.min { counts[$0].start < counts[$1].start }!
    counts[oldest] = new
    return oldest
  }

  /// What was closed, now and then.
  mutating func takeNews(at now: Int64) -> Closed? {
    guard let news = closed, now >= nextNews else { return nil }
    (closed, nextNews) = (nil, now + ControlLimits.closedLogNanoseconds)
    return news
  }
}
