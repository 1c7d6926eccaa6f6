/// Where one sensor is in its cycle of requests.
struct ModbusCycle: BitwiseCopyable {
  /// Its requests among those of the bus.
  let first: Int
  let count: Int
  let intervalNanoseconds: Int64
  let timeoutNanoseconds: Int64
  let pauseNanoseconds: Int64
  let retries: Int
  /// Its image among those of the bus.
  let imageFirst: Int
  let imageBytes: Int

  /// When the next cycle begins.
  var nextStart: Int64 = 0
  var isRunning = false
  /// It has ended, and its sample was not fetched yet.
  var isDone = false
  /// The request that is next, counted from the sensor's first.
  var cursor = 0
  /// Requests of this cycle that are neither settled nor left out, a bit for each.
  var open: UInt32 = 0
  /// How often the next one was asked in this cycle.
  var attempts = 0
  /// One of these askings brought something, sound or not.
  var hasReply = false
  /// When the latest answer came, or was given up.
  var settledAt: Int64 = 0
  /// Fields without a value, a bit for each.
  var absent: UInt32 = 0
  /// Some request was answered soundly.
  var hasAnswer = false

  /// A bit for each unit: asked in this cycle; has said anything in this cycle; said nothing to a
  /// request of this cycle and all its repetitions; said nothing at all in the cycle before.
  var asked: UInt32 = 0
  var heard: UInt32 = 0
  var mute: UInt32 = 0
  /// Units whose latest request of this cycle was asked once and got nothing: the answer may only
  /// be late.
  var doubted: UInt32 = 0
  var silent: UInt32 = 0

  var counters = ModbusCounters()

  mutating func begin(allFields: UInt32) {
    (isRunning, cursor, attempts, hasReply, hasAnswer) = (true, 0, 0, false, false)
    open = .max >> UInt32(ModbusLimits.fieldsMax - count)
    (asked, heard, mute, doubted, absent) = (0, 0, 0, 0, allFields)
  }

  /// A cycle begins on its beat, whatever the ones before took. What cannot begin any more is left
  /// out.
  mutating func schedule(after now: Int64) {
    nextStart += intervalNanoseconds
    guard nextStart <= now else { return }
    let missed = (now - nextStart) / intervalNanoseconds + 1
    nextStart += missed * intervalNanoseconds
    counters.cyclesMissed += UInt64(missed)
  }

  mutating func end() {
    isRunning = false
    isDone = hasAnswer
    silent = asked & ~heard
  }

  /// A unit that said nothing to a request and all its repetitions is asked no more in this cycle:
  /// it may have said something before, and each further time-out would be the other units'. A
  /// single asking proves nothing, so without repetitions it takes two requests.
  func leavesOut(unit bit: UInt32) -> Bool { mute & bit != 0 }

  /// Whether a request that failed is asked again in this cycle. A unit that said nothing in the
  /// whole cycle before is asked once.
  func asksAgain(unit bit: UInt32) -> Bool {
    attempts <= retries && silent & ~heard & bit == 0
  }

  /// A request and all its repetitions got nothing.
  mutating func noteVain(unit bit: UInt32) {
    if retries > 0 || (silent & ~heard | doubted) & bit != 0 { mute |= bit }
    doubted |= bit
  }

  mutating func forget(at now: Int64) {
    (isRunning, isDone, nextStart) = (false, false, now)
    (cursor, attempts, silent) = (0, 0, 0)
  }
}
