/// The work with one server, in rounds: the uplink's records, the registry's models.
protocol SyncLane: AnyObject {
  /// The lane looks at it before each round.
  var task: SyncTask { get }

  /// One round, to its end or to the first trouble that ends it.
  func run() throws(SyncError)
}

/// What a round would take.
enum SyncTask {
  case nothing
  /// Files of this board alone: neither a gate nor a budget is about that.
  case local
  case overTheLink
}
