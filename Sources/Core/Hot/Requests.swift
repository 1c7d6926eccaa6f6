import Config
import SensorIO
import System

/// What a subscriber may ask for: the one place that knows the words.
enum Request {
  case help, status, alerts
  case read(UnsafeRawBufferPointer)
  /// This socket is for reading: people act on the control socket, where the kernel tells who they
  /// are.
  case acknowledge(UnsafeRawBufferPointer)
  case unknown

  /// Hot: `line` has no line end.
  init(_ line: UnsafeRawBufferPointer) {
    self =
      if let name = line.operand(of: "read ") {
        .read(name)
      } else if let name = line.operand(of: "acknowledge ") {
        .acknowledge(name)
      } else if let rest = line.operand(of: "status"), rest.isEmpty {
        .status
      } else if let rest = line.operand(of: "alerts"), rest.isEmpty {
        .alerts
      } else if let rest = line.operand(of: "help"), rest.isEmpty {
        .help
      } else {
        .unknown
      }
  }
}

/// Every request gets one line. All of this is hot.
extension HotThread {
  func obey(_ line: UnsafeRawBufferPointer, of seat: Int) {
    switch Request(line) {
    // Told once in a round, however often it is asked.
    case .alerts: subscribers.markUntold(seat)
    case .help: subscribers.send(answers.help(), to: seat)
    case .status: subscribers.send(status(at: Clock.boot()), to: seat)
    case .read(let name):
      outputs.tell(seat, latestOf: name, among: channels, at: Clock.boot())
    case .acknowledge(let name): subscribers.send(answers.actsElsewhere(name), to: seat)
    case .unknown: subscribers.send(answers.unknown(line), to: seat)
    }
  }

  /// Newcomers and those that found a gap.
  func tellUntold() {
    while let (seat, isNew) = subscribers.takeUntoldSeat() {
      // The hello of a subscriber that comes while nothing stands is all that there is to tell.
      if !isNew || board.standingCount > 0 { tellStanding(to: seat) }
    }
  }

  /// Every alert that stands, then how many these are: who reads the last line knows all of them.
  func tellStanding(to seat: Int) {
    let now = Clock.boot()
    var count = 0
    for alert in board.alerts where alert.machine.stands && alert.goesToSocket {
      count += 1
      outputs.tell(seat, standing: event(alert, .restored, PersonName(), at: now))
    }
    outputs.tell(seat, standingCount: count)
  }

  private func status(at now: Int64) -> UnsafeRawBufferPointer { answers.status(totals(at: now)) }

  func totals(at now: Int64) -> AgentTotals {
    var totals = AgentTotals(channels, board)
    totals.latencyP99 = stages.whole.percentile(99)
    return totals
  }
}
