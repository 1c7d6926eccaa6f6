/// The levels of which the alerts' file may say something else than people were told.
///
/// The keeper writes requests in their order, so that the newest request about a condition decides
/// what its file says, and its answer comes after those of all before it. An older answer therefore
/// changes nothing. Only when the newest is answered, and is not what people were told, the told
/// levels are written once more.
struct LevelDoubts {
  private struct Doubt {
    let condition: String
    /// What people were told of the condition last.
    let told: AlertRecord
    /// The newest request about it.
    var newest: UInt64
    /// If the newest is written, the file says what people were told.
    var isTold: Bool
    /// The file may have something that nobody was told.
    var mayDiffer = false
    /// The told levels are to be written then; nil: an answer is still to come.
    var due: Int64?
  }
  private var doubts: [Doubt] = []

  /// A person's request has gone to the keeper. It is told as done if it is answered in time.
  ///
  /// - Parameter told: what people were told of this condition before.
  mutating func sent(_ number: UInt64, of condition: String, told: AlertRecord) {
    guard let place = doubts.firstIndex(where: { $0.condition.utf8.elementsEqual(condition.utf8) })
    else {
      return doubts.append(
        Doubt(condition: condition, told: told, newest: number, isTold: true))
    }
    (doubts[place].newest, doubts[place].isTold, doubts[place].due) = (number, true, nil)
  }

  /// The person was told that it is not done, although it may be written still.
  mutating func gaveUp(_ number: UInt64) {
    guard let place = doubts.firstIndex(where: { $0.newest == number }) else { return }
    (doubts[place].isTold, doubts[place].mayDiffer) = (false, true)
  }

  mutating func answered(_ number: UInt64, isWritten: Bool, at now: Int64) {
    guard let place = doubts.firstIndex(where: { $0.newest == number }) else { return }
    if isWritten ? doubts[place].isTold : !doubts[place].mayDiffer {
      doubts.remove(at: place)
    } else {
      doubts[place].due = isWritten ? now : now + AlertKeepingLimits.retryNanoseconds
    }
  }

  /// Writes what is due.
  ///
  /// - Parameter send: gives a record to the keeper, and answers with the request's number; nil
  ///   where the keeper has no room.
  mutating func mend(at now: Int64, _ send: (AlertRecord) -> UInt64?) {
    for place in doubts.indices {
      guard let due = doubts[place].due, now >= due, let number = send(doubts[place].told) else {
        continue
      }
      (doubts[place].newest, doubts[place].isTold, doubts[place].due) = (number, true, nil)
    }
  }
}
