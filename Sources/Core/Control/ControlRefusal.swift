import Config

/// Why a request was not carried out.
enum ControlRefusal: Error, Equatable {
  case notJSON
  case noAction
  case unknownAction(String)
  /// The action takes no such key, or word.
  case notTaken(String, by: ControlAction)
  case value(key: String, needs: String)
  case lineTooLong
  case tooManyRequests
  case notAllowed(ControlAction, has: PeerLevel)
  case alertMissing(ControlAction)
  case unknownAlert(String, nearest: String?)
  case sensorMissing
  case unknownSensor(String, known: [String])
  /// Its frames are not kept.
  case noFrames(sensor: String)
  case stateMissing
  case reasonMissing(ControlAction)
  case durationMissing(ControlAction)
  case tooLong(ControlAction, nanosecondsMax: Int64)
  case nothingStands
  /// The hot thread refused the order.
  case order(AlertRefusal, alert: String)
  case noLevel(alert: String)
  case levelKey(String, known: [String])
  case levelCount(key: String, needed: Int)
  case levelNotFinite
  case levelOutOfRange(low: Double, high: Double)
  /// The levels would not be in order: a value between them would raise and clear at once.
  case levelOrder(key: String, other: String)
  /// With these levels the alert would never ring, or never end.
  case levelUseless(LevelReachFault)
  case notSet(alert: String)
  case notKept(fault: String)
  case hotThreadSilent
  case busy
}
