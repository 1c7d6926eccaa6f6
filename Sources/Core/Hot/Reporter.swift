import System

/// The hot thread's way to say something to people: it puts numbers into a ring, and the doorkeeper
/// finds the words. One that finds the ring full is left out: the counts behind it go on.
final class Reporter {
  private let notices: Ring<Notice>
  private let wakeup: Wakeup

  init(notices: Ring<Notice>, wakeup: Wakeup) {
    self.notices = notices
    self.wakeup = wakeup
  }

  /// Hot: whether the ring will take the next notice. For what must not be lost.
  var hasRoom: Bool { notices.hasRoom }

  /// Hot.
  func report(_ kind: Notice.Kind) {
    if notices.put(Notice(kind: kind)) { wakeup.wake() }
  }
}

extension Int64 {
  /// 1, 2, 4, 8 …: the counts worth a line in the log, so that a flood of faults is no flood of
  /// lines.
  var isPowerOfTwo: Bool { self > 0 && self & (self - 1) == 0 }
}
