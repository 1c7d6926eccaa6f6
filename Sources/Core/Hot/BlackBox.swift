import Config
import EdgeRuntime
import SensorIO
import Synchronization
import System

/// The hot thread's end of the black box: it marks the alerts whose sensors' frames are to be kept.
/// Frames themselves go to each sensor's ring (`SensorChannel.frames`), from which another thread
/// copies what was before the mark and what comes after it.
final class BlackBox: @unchecked Sendable {
  private let marks = Ring<RecordingMark>(capacity: KeepingLimits.recordingMarksMax)
  private let refused = Atomic<Int64>(0)
  private let wakeup: Wakeup

  static let byteCount = Ring<RecordingMark>.byteCount(KeepingLimits.recordingMarksMax)

  /// - Parameter wakeup: of the thread that makes the recordings.
  init(wakeup: Wakeup) {
    self.wakeup = wakeup
    marks.touch()
  }

  /// The bytes of a sensor's ring; nil for one on which no alert depends, with the black box off,
  /// and for one that has no frames of its own: it is asked, or joined.
  static func ringBytes(of sensor: Int, in configuration: Configuration) -> Int? {
    let (box, settings) = (configuration.blackBox, configuration.sensors[sensor])
    func isNeeded(_ sensor: SensorSettings) -> Bool {
      guard sensor.modbus == nil, sensor.join == nil else { return false }
      return configuration.alerts.contains {
        !$0.isDeadMan && configuration.dependsOn($0.condition, sensor: sensor.name)
      }
    }
    guard box.isOn, isNeeded(settings) else { return nil }
    let most = box.memoryBytes(ofEach: configuration.sensors.count(where: isNeeded))
    // What a slow sensor brings in that time and a few samples; a fast one has the ceiling.
    let frames = settings.rateHertz * Double(box.beforeNanoseconds) / 1e9 + 4
    let bytes = frames * Double(HistoryRing.bytes(ofEntry: frameBytes(settings)))
    return Int(min(max(bytes, Double(KeepingLimits.ringBytesMin)), Double(most))) & ~7
  }

  /// About what a frame has: a text of eight characters a field, or the fields' types.
  private static func frameBytes(_ settings: SensorSettings) -> Int {
    if settings.can != nil { return 16 }
    let each = settings.fields.reduce(0) {
      $0 + (settings.decoding.isText ? 8 : $1.type.byteCount)
    }
    return max(8, each)
  }

  // MARK: the hot thread's side

  /// Hot: an alert was raised, with a mark for each of its sensors whose frames are kept.
  func mark(_ event: AlertEvent, _ alert: Alert, _ channels: [SensorChannel]) {
    for sensor in alert.sensors where channels[sensor].frames != nil {
      var mark = RecordingMark(event: event, sensor: sensor)
      for pipeline in channels[sensor].pipelines { mark.note(pipeline) }
      if !marks.put(mark) { refused.add(1, ordering: .relaxed) }
    }
    wakeup.wake()
  }

  // MARK: the outbox thread's side

  func takeMark() -> RecordingMark? { marks.take() }

  /// Marks that found no place since the last call.
  func takeRefused() -> Int64 { refused.exchange(0, ordering: .relaxed) }
}

/// One alert and one of its sensors, as the hot thread saw them: numbers, no references.
struct RecordingMark: BitwiseCopyable, Sendable {
  /// What a pipeline had scored last.
  struct Scored: BitwiseCopyable, Sendable {
    var pipeline: Int
    /// Which of the versions that scored since the start (`ModelHistory`).
    var version: Int
    /// The last sample of the window.
    var sample: Int64
    var labelCount: Int
    var scores: InlineArray<64, Float>
  }

  /// Two models on every sensor are usual.
  static let pipelinesMax = 4

  var event: AlertEvent
  /// Index among the configuration's sensors.
  var sensor: Int
  private(set) var pipelineCount = 0
  private(set) var pipelines: InlineArray<4, Scored>

  init(event: AlertEvent, sensor: Int) {
    (self.event, self.sensor) = (event, sensor)
    pipelines = InlineArray(
      repeating: Scored(
        pipeline: 0, version: 0, sample: 0, labelCount: 0, scores: InlineArray(repeating: 0)))
  }

  /// Hot.
  mutating func note(_ pipeline: ScoringPipeline) {
    guard pipelineCount < Self.pipelinesMax, pipeline.windowCount > 0 else { return }
    let scores = pipeline.scores
    pipelines[pipelineCount].pipeline = pipeline.index
    pipelines[pipelineCount].version = pipeline.versionCount
    pipelines[pipelineCount].sample = pipeline.sampleScored
    let count = min(scores.count, pipelines[pipelineCount].scores.count)
    pipelines[pipelineCount].labelCount = count
    for label in 0..<count { pipelines[pipelineCount].scores[label] = scores[label] }
    pipelineCount += 1
  }
}
