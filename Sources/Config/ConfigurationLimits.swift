/// How much a configuration may ask for. These limits give the sizes of the running agent's tables.
package enum ConfigurationLimits {
  /// Ports of a well-filled USB hub tree on one board; each costs a read buffer and a framer.
  static let sensorsMax = 16
  /// Two models on every sensor.
  package static let pipelinesMax = 32
  /// Two levels on every pipeline.
  package static let alertsMax = 64
  /// Those, and what the agent adds: one for each sensor and each pipeline.
  package static let alertsWithDeadMenMax = alertsMax + sensorsMax + pipelinesMax
  /// One beside each alert.
  static let conditionsMax = 64
  /// Named outputs: the lines of a relay board, and a few more.
  static let namedOutputsMax = 32
  /// Outputs that are programs, named ones and those in alerts: one for each alert. Each may run
  /// once for each severity at the same time; TasksMax= of the unit has room for that.
  package static let programsMax = alertsMax
  /// Conditions in `all` and `any`: one for each sensor.
  static let operandsMax = 16
  /// One for each alert.
  static let testsMax = 64
  /// Breakpoints of one input, and transitions of one test: what a person can still read.
  static let testRowsMax = 1000
  /// Virtual time of one test: a day.
  static let testNanosecondsMax: Int64 = 86_400_000_000_000
  /// Users and groups in one list of `[control]` or of a sensor.
  static let peersMax = 16
  /// Outputs in one `outputs`, and in one `escalate_to`: more than people want to hear at once.
  static let outputsMax = 8
  /// Values of a frame: more than any known sensor sends, and one bit for each fits a register.
  package static let fieldsMax = 32
  package static let featuresMax = fieldsMax
  /// Classes of a model; each has a score in every event.
  package static let labelsMax = 64
  /// Samples: 82 s at 50 Hz; with 32 features 512 KiB of window.
  package static let windowMax = 4096
  /// Votes are the bits of one word.
  static let votesMax = 32

  package static let nameBytesMax = 64
  /// The longest state of an alert is `out-of-service`, the longest severity `critical`.
  package static let wordBytesMax = 16
  /// A whole number of 64 bits with its sign.
  package static let numberBytesMax = 20
  /// One text for a serial line with everything filled in: the longest that a display takes,
  /// several times.
  package static let serialBytesMax = 512
  /// A device that has more samples sends them by itself; the poller counts in milliseconds.
  package static let promptsPerSecond = 100.0
  /// A sentence, an SPDX expression.
  package static let textBytesMax = 256
  /// `PATH_MAX` without its NUL.
  static let pathBytesMax = 4095
  /// `sockaddr_un.sun_path` without its NUL.
  static let socketPathBytesMax = 107

  /// From less than a sample a day, so that a period in nanoseconds fits 64 bits, to one every
  /// 10 µs: faster than any serial port delivers the shortest of frames.
  package static let rateHertz = 0.00001...100_000
  /// What sound devices have.
  package static let soundHertz = 4000...96_000
  /// Between two cycles of requests: from what the fastest of lines can do to a day.
  static let pollNanoseconds: ClosedRange<Int64> = 1_000_000...86_400_000_000_000
  /// From a microsecond, about the step of a clock, to an hour: other times are no useful deadline.
  package static let deadlineNanoseconds: ClosedRange<Int64> = 1000...3_600_000_000_000
  /// A million windows at 5 Hz are two days; more windows tell nothing new.
  static let trialWindows = 1...1_000_000
  /// Up to 30 days, for models that rarely get a window.
  static let trialNanoseconds: ClosedRange<Int64> = 1_000_000_000...2_592_000_000_000_000
  /// Up to a week: some meters report once a day and may miss a few days.
  static let staleAfterNanoseconds: ClosedRange<Int64> = 0...604_800_000_000_000
  /// From a sample of a fast sensor to a day, as for other ages.
  static let freshNanoseconds: ClosedRange<Int64> = 1_000_000...86_400_000_000_000
  /// From the step of the agent's own look at ages to a day.
  static let ageNanoseconds: ClosedRange<Int64> = 100_000_000...86_400_000_000_000
  /// What a statistic or a share looks back at: up to a day.
  static let overNanoseconds: ClosedRange<Int64> = 100_000_000...86_400_000_000_000
  /// The agent looks at shares once a second: a shorter time would be a few looks.
  static let shareNanosecondsMin: Int64 = 10_000_000_000
  /// An alert is repeated or escalated once a second at most.
  static let repeatNanoseconds: ClosedRange<Int64> = 1_000_000_000...86_400_000_000_000
  /// A program that needs more than five minutes has to go to the background by itself.
  static let programNanoseconds: ClosedRange<Int64> = 100_000_000...300_000_000_000
  /// Up to a day.
  static let holdNanoseconds: ClosedRange<Int64> = 0...86_400_000_000_000
  /// From the memory of the smallest model and its window to all memory of the largest boards.
  static let memoryBytes = 64 << 10...1 << 30
  /// Numbers of processors, as /proc/cpuinfo has them: the most that one call of the C library
  /// takes.
  static let processors = 0...1023
  /// The outbox's file and its log together. Below 1 MiB the log has no room for a batch beside the
  /// records. Above 16 GiB a check of the file takes longer than a person will wait.
  static let storeBytes = 1 << 20...16 << 30
  /// A week of one summary a minute and hundreds of alerts, many times over.
  static let storeBytesDefault = 64 << 20

  /// What was sent is kept for ten years at most: the room ends it before.
  static let keepNanoseconds: ClosedRange<Int64> = 0...315_360_000_000_000_000

  /// What an alert's recording has from before and after it: up to a minute, as far as memory goes.
  static let blackBoxNanoseconds: ClosedRange<Int64> = 0...60_000_000_000
  /// Frames kept of one sensor: from one buffer of a port to minutes of a fast sensor.
  static let blackBoxMemoryBytes = 4 << 10...1 << 20
  /// Of the outbox: from a few recordings on.
  static let blackBoxSizeBytes = 256 << 10...1 << 30

  /// A server is asked at most once a second, and at least once a week.
  static let intervalNanoseconds: ClosedRange<Int64> = 1_000_000_000...604_800_000_000_000
  /// Below 64 KiB a handshake and one batch of alerts would not fit a day.
  static let bytesPerDay = 64 << 10...1 << 40
  static let attemptsPerDay = 1...1_000_000
  /// 0: none are sent.
  static let recordingBytesPerDay = 0...1 << 40

  /// The arena that a model may claim, up to the most that the runtime grants any model.
  package static let arenaBytes = 1 << 10...4 << 20

  /// The main file and its drop-ins: one drop-in for each possible sensor, pipeline and alert.
  static let filesMax = 1 + sensorsMax + pipelinesMax + alertsMax
  /// About one screen of faults; one missing bracket can cause hundreds.
  static let faultsMax = 20
}
