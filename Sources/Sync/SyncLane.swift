/// The work with one server, in rounds. The uplink's work is records, the registry's is models.
protocol SyncLane: AnyObject {
  /// `ScheduledLane` asks for it before each round.
  var task: SyncTask { get }

  /// Does one round, until it ends or until the first trouble that ends it.
  ///
  /// - Parameter task: what the round was allowed to take, `.local` or `.overTheLink`.
  func run(_ task: SyncTask) throws(SyncError)

  /// False when the last round left something behind that says nothing about the server.
  var isComplete: Bool { get }

  /// Whether the server took something in the last round.
  var hasDelivered: Bool { get }

  /// Whether an alert waits that the server has not refused.
  var hasAlert: Bool { get }
}

extension SyncLane {
  var isComplete: Bool { true }
  var hasDelivered: Bool { false }
  var hasAlert: Bool { false }
}

/// What a round would need.
enum SyncTask {
  case nothing
  /// The round needs only files of this board. Neither a gate nor a budget is about them.
  case local
  case overTheLink
}
