/// What is done with one server, in rounds: the uplink's records, the registry's models.
protocol SyncLane: AnyObject {
  /// One round, to its end or to the first trouble that ends it.
  func run() throws(SyncError)
}
