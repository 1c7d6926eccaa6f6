import Text

/// How well the alerts serve the people who answer them (ISA-18.2, EEMUA 191): how often, which
/// ones, how long until somebody came. Pure: it sees the transitions in their order.
struct AlertStatistics {
  /// Three episodes within a minute.
  static let chatterEpisodes = 3
  static let chatterNanoseconds: Int64 = 60_000_000_000
  /// An alert that stands for more than a day tells nobody anything any more.
  static let staleNanoseconds: Int64 = 24 * 3_600_000_000_000
  /// A flood begins with more than 10 episodes in 10 minutes, and ends with fewer than 5.
  static let floodBegins = 10
  static let floodEnds = 5
  static let floodNanoseconds: Int64 = 600_000_000_000

  private struct Counts {
    let name: String
    var episodes = 0
    /// The newest begins within a minute.
    var recent: [Int64] = []
    var chatters = 0
    /// When the episode that stands began.
    var began: Int64?
    var longest: Int64 = 0
    var waits: [Int64] = []
    var isWaiting = false
  }

  private let from: Int64
  private let to: Int64
  private var counts: [Counts] = []
  /// Begins of the last 10 minutes, of all alerts.
  private var window: [Int64] = []
  private var floodBegan: Int64?
  private var floods = 0
  private var floodNanoseconds: Int64 = 0

  /// - Parameters: wall times in nanoseconds. What came before `from` only says what stood then.
  init(from: Int64, to: Int64) {
    // With these no difference overflows, whatever the clock says.
    self.from = min(max(from, 0), .max - 1)
    self.to = max(self.from + 1, to)
  }

  mutating func add(_ alert: SavedAlert) {
    let index = place(of: alert.name)
    // A file may hold any number: from 0 on no difference overflows.
    let time = max(alert.wall, 0)
    guard time <= to else { return }
    switch alert.transition {
    case .raised: begin(index, at: time)
    case .acknowledged where counts[index].isWaiting:
      counts[index].isWaiting = false
      if let began = counts[index].began, time >= from { counts[index].waits.append(time - began) }
    default: break
    }
    if alert.state.phase == .normal { end(index, at: time) }
  }

  private mutating func place(of name: String) -> Int {
    if let index = counts.firstIndex(where: { $0.name.utf8.elementsEqual(name.utf8) }) {
      return index
    }
    counts.append(Counts(name: name))
    return counts.count - 1
  }

  private mutating func begin(_ index: Int, at time: Int64) {
    // An episode that a new one follows without an end has ended before.
    end(index, at: time)
    counts[index].began = time
    counts[index].isWaiting = true
    guard time >= from else { return }
    counts[index].episodes += 1
    counts[index].recent.removeAll { time - $0 > Self.chatterNanoseconds }
    counts[index].recent.append(time)
    if counts[index].recent.count >= Self.chatterEpisodes {
      counts[index].chatters += 1
      counts[index].recent = []
    }
    closeFlood(at: time)
    window.append(time)
    if window.count > Self.floodBegins, floodBegan == nil {
      (floodBegan, floods) = (time, floods + 1)
    }
  }

  private mutating func end(_ index: Int, at time: Int64) {
    guard let began = counts[index].began else { return }
    counts[index].began = nil
    counts[index].isWaiting = false
    if time >= from { counts[index].longest = max(counts[index].longest, time - began) }
  }

  /// A flood ends at the moment when fewer than 5 of the begins are younger than 10 minutes.
  private mutating func closeFlood(at time: Int64) {
    while let oldest = window.first, time - oldest > Self.floodNanoseconds {
      window.removeFirst()
      guard window.count < Self.floodEnds, let began = floodBegan else { continue }
      floodNanoseconds += oldest + Self.floodNanoseconds - began
      floodBegan = nil
    }
  }

  struct Report: Equatable {
    struct Alert: Equatable {
      var name: String
      var episodes: Int
      var perDay: Double
      /// Of all episodes, 0…1.
      var share: Double
      var chatters: Int
      var longestSeconds: Int64
      var isStale: Bool
      /// Until an acknowledgement; nil where there was none.
      var secondsToAcknowledge: (p50: Double, p90: Double)?

      static func == (a: Alert, b: Alert) -> Bool {
        a.name == b.name && a.episodes == b.episodes && a.perDay == b.perDay
          && a.share == b.share && a.chatters == b.chatters
          && a.longestSeconds == b.longestSeconds && a.isStale == b.isStale
          && a.secondsToAcknowledge?.p50 == b.secondsToAcknowledge?.p50
          && a.secondsToAcknowledge?.p90 == b.secondsToAcknowledge?.p90
      }
    }

    var seconds: Int64
    var episodes: Int
    var floods: Int
    var floodSeconds: Int64
    /// The most frequent first; those that did nothing are left out.
    var alerts: [Alert]
  }

  /// After the last transition.
  func report() -> Report {
    var last = self
    last.closeFlood(at: to)
    if let began = last.floodBegan { last.floodNanoseconds += to - began }
    let all = counts.reduce(0) { $0 + $1.episodes }
    let days = Double(to - from) / 86_400e9
    let alerts = counts.compactMap { one -> Report.Alert? in
      let standing = one.began.map { to - $0 } ?? 0
      let longest = max(one.longest, standing)
      guard one.episodes > 0 || standing > 0 else { return nil }
      let waits = one.waits.sorted()
      return Report.Alert(
        name: one.name, episodes: one.episodes, perDay: Double(one.episodes) / days,
        share: all == 0 ? 0 : Double(one.episodes) / Double(all), chatters: one.chatters,
        longestSeconds: longest / 1_000_000_000, isStale: standing > Self.staleNanoseconds,
        secondsToAcknowledge: waits.isEmpty
          ? nil : (Self.percentile(50, of: waits), Self.percentile(90, of: waits)))
    }
    return Report(
      seconds: (to - from) / 1_000_000_000, episodes: all, floods: last.floods,
      floodSeconds: last.floodNanoseconds / 1_000_000_000,
      alerts: alerts.sorted { $0.episodes > $1.episodes })
  }

  /// The nearest rank, in seconds.
  private static func percentile(_ percent: Int, of sorted: [Int64]) -> Double {
    let rank = (percent * sorted.count + 99) / 100
    return Double(sorted[max(1, rank) - 1]) / 1e9
  }
}

extension AlertStatistics.Report {
  func put(into writer: inout JSONWriter) {
    writer.member("seconds", seconds)
    writer.member("episodes", episodes)
    writer.member("floods", floods)
    writer.member("flood_seconds", floodSeconds)
    writer.array("alerts") { writer in
      for alert in alerts {
        guard writer.hasRoom(512) else { return }
        writer.object { writer in
          writer.member("alert", alert.name)
          writer.member("episodes", alert.episodes)
          writer.member("per_day", alert.perDay, decimals: 2)
          writer.member("share", alert.share, decimals: 3)
          writer.member("chatters", alert.chatters)
          writer.member("longest_seconds", alert.longestSeconds)
          writer.member("stale", alert.isStale)
          writer.member("ack_p50_s", alert.secondsToAcknowledge?.p50, decimals: 1)
          writer.member("ack_p90_s", alert.secondsToAcknowledge?.p90, decimals: 1)
        }
      }
    }
  }
}
