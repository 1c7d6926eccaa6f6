import Config
import SensorIO
import Store
import System
import Text

/// Makes the recordings of alerts, on the outbox thread: copies what a sensor's ring has from
/// before the mark, and goes on until the time after it is over.
final class AlertRecorder {
  private struct Open {
    let mark: RecordingMark
    /// Behind the last frame that was copied from the ring.
    var position: UInt64 = 0
    /// Nil before the first frame.
    var writer: RawRecordingWriter?
    /// Of the first frame, CLOCK_BOOTTIME in nanoseconds.
    var begin: Int64 = 0
    /// No more goes into it.
    var isFull = false
    /// Since frames that came next were written over.
    var hasHole = false
    /// Of the last frame, nanoseconds since `begin`.
    var last: Int64 = 0
  }

  private let configuration: Configuration
  private let history: ModelHistory
  private let box: BlackBox
  /// For each sensor of the configuration.
  private let rings: [HistoryRing?]
  private let bytesMax: Int
  private var open: [Open] = []
  /// Since this was last taken: alerts that left no recording.
  private var lost: Int64 = 0
  /// Of the recordings that ended early.
  private var holeCount: Int64 = 0

  /// The recordings that are being made, each as it grows and once more as it is handed over, and
  /// the copy of a ring.
  static func byteCount(_ configuration: Configuration, _ store: StoreSettings) -> Int {
    let rings = configuration.sensors.indices.compactMap {
      BlackBox.ringBytes(of: $0, in: configuration)
    }
    guard let largest = rings.max() else { return 0 }
    return KeepingLimits.recordingsOpenMax * 2 * Self.bytesMax(of: store) + 2 * largest
  }

  /// One transaction has to hold a recording.
  private static func bytesMax(of store: StoreSettings) -> Int {
    min(KeepingLimits.recordingBytesMax, OutboxLimits.batchBytesMax(of: store.bytesMax))
  }

  init(
    _ configuration: Configuration, _ store: StoreSettings, history: ModelHistory, box: BlackBox,
    rings: [HistoryRing?]
  ) {
    (self.configuration, self.history) = (configuration, history)
    (self.box, self.rings) = (box, rings)
    bytesMax = Self.bytesMax(of: store)
  }

  /// Copies what is new.
  ///
  /// - Parameter isLast: the agent stops, and no frames come any more.
  /// - Returns: the recordings that are complete.
  func round(at now: Int64, isLast: Bool = false) -> [NewRecording] {
    lost += box.takeRefused()
    while let mark = box.takeMark() {
      if open.count < KeepingLimits.recordingsOpenMax {
        open.append(Open(mark: mark))
      } else {
        lost += 1
      }
    }
    var complete: [NewRecording] = []
    for index in open.indices {
      copy(&open[index])
      let end = end(of: open[index])
      if isLast || now >= end || open[index].isFull, let made = finish(&open[index], at: now) {
        complete.append(made)
      }
    }
    open.removeAll { isLast || now >= end(of: $0) || $0.isFull }
    return complete
  }

  /// Alerts that left no recording since the last call.
  func takeLost() -> Int64 {
    defer { lost = 0 }
    return lost
  }

  private func end(of recording: Open) -> Int64 {
    recording.mark.event.arrival + configuration.blackBox.afterNanoseconds
  }

  private func copy(_ recording: inout Open) {
    guard let ring = rings[recording.mark.sensor] else { return }
    let first = recording.mark.event.arrival - configuration.blackBox.beforeNanoseconds
    let end = end(of: recording)
    // With nothing in it yet there is no hole: it begins behind what is missing.
    let isEmpty = recording.writer == nil
    let read = ring.read(after: recording.position, passesHole: isEmpty) { entry in
      guard entry.stamp >= first else { return true }
      guard entry.stamp <= end else {
        recording.isFull = true
        return false
      }
      return add(entry, to: &recording)
    }
    recording.position = read.position
    // What is before the hole is whole. What is behind it would be judged as if nothing were
    // missing.
    if read.hasMissed, !isEmpty { (recording.hasHole, recording.isFull) = (true, true) }
  }

  private func add(_ entry: HistoryRing.Entry, to recording: inout Open) -> Bool {
    if recording.writer == nil {
      recording.begin = entry.stamp
      recording.writer = RawRecordingWriter(head: head(recording.mark, entry))
    }
    let room = RawRecordingWriter.room(for: entry.bytes.count)
    guard recording.writer!.fileBytes + room <= bytesMax else {
      recording.isFull = true
      return false
    }
    recording.last = entry.stamp - recording.begin
    entry.bytes.span.withUnsafeBytes {
      recording.writer!.add($0, .frames, arrival: recording.last)
    }
    return true
  }

  private func finish(_ recording: inout Open, at now: Int64) -> NewRecording? {
    let event = recording.mark.event
    guard recording.writer != nil, recording.writer!.itemCount > 0 else {
      lost += 1
      return nil
    }
    if recording.hasHole {
      tellHole(recording)
      recording.writer!.addHole()
      // What came then is not known, so the time ends with the frames.
      recording.writer!.finish(at: recording.last)
    } else {
      recording.writer!.finish(at: min(now, end(of: recording)) - recording.begin)
    }
    return NewRecording(
      episode: event.episode, at: event.arrival, time: Clock.plausible(event.wall),
      sensor: configuration.sensors[recording.mark.sensor].name, bytes: recording.writer!.take())
  }

  private func tellHole(_ recording: Open) {
    holeCount += 1
    guard holeCount.isPowerOfTwo else { return }
    let alert = configuration.alerts[recording.mark.event.alert].name
    let sensor = configuration.sensors[recording.mark.sensor].name
    Log.write(
      .warning,
      "black box: the recording of \(alert)/\(recording.mark.event.episode) ends early: frames of "
        + "\(sensor) were written over before they were copied; give [black_box] more memory")
  }

  private func head(_ mark: RecordingMark, _ first: HistoryRing.Entry) -> String {
    let event = mark.event
    var head = RecordingHead()
    (head.agent, head.program) = (configuration.agent.id, SemanticVersion.agent.text)
    (head.at, head.samplesBefore) = (first.stamp, first.number)
    head.time = Self.time(event.wall &- (event.arrival &- first.stamp))
    head.alert = .init(
      name: configuration.alerts[event.alert].name, episode: event.episode, sample: event.sample,
      value: event.value, time: Self.time(event.wall))
    for index in 0..<mark.pipelineCount {
      let scored = mark.pipelines[index]
      let model = history.model(of: scored.pipeline, version: scored.version)
      head.pipelines.append(
        .init(
          name: configuration.pipelines[scored.pipeline].name, model: model.name,
          sample: scored.sample,
          scores: model.labels.prefix(scored.labelCount).enumerated().map {
            ($0.element, scored.scores[$0.offset])
          }))
    }
    return head.text(sensor: configuration.sensors[mark.sensor].written)
  }

  private static func time(_ wall: Int64) -> String {
    guard let wall = Clock.plausible(wall) else { return "" }
    var text = ""
    Timestamp(wallNanoseconds: wall).withBytes { text = String(decoding: $0, as: UTF8.self) }
    return text
  }
}
