import Config
import EdgeRuntime
import Models
import SensorIO
import Store
import System

/// Everything large that the core allocates, as the objects that hold it declare it. Nearly all of
/// it is there before READY. A new version of a model and the records that wait for the outbox come
/// later, up to their limits.
package struct MemoryBudget {
  package struct Item: Equatable {
    package let name: String
    package let bytes: Int
  }

  package private(set) var items: [Item] = []

  /// For a new version beside the one that scores: one is loaded at a time, so the largest counts.
  /// 0 where every pipeline names its version.
  private(set) var spareBytes = 0

  package var total: Int { items.reduce(0) { $0 + $1.bytes } }

  @export(interface)
  package init(_ configuration: Configuration, _ pipelines: [ScoringPipeline]) {
    for (index, wire) in configuration.wires.enumerated() {
      let isAsked = wire.sensors.contains { configuration.sensors[$0].isAsked }
      let connections = Wire.connectionCount(of: wire.port, isAsked: isAsked)
      add(
        "\(configuration.subject(ofWire: index)): \(connections) × (read buffer, framer)",
        connections
          * Connection.byteCount(Wire.framings(of: wire.sensors.map { configuration.sensors[$0] })))
    }
    let buses = configuration.wires.map { wire in
      wire.sensors.compactMap { configuration.sensors[$0].modbus }
    }
    let masters = buses.filter { !$0.isEmpty }.reduce(0) { $0 + ModbusMaster.byteCount(of: $1) }
    if masters > 0 { add("Modbus: requests and answers", masters) }
    for pipeline in pipelines { add(pipeline) }
    addSpare(pipelines, verifies: configuration.hasWishes)
    add("events: \(PipelineLimits.subscribersMax) subscribers", Subscribers.byteCount)
    add(
      "rings: admissions, notices, models",
      Ring<Admission>.byteCount(PipelineLimits.admissionsMax)
        + Ring<Notice>.byteCount(PipelineLimits.noticesMax)
        + ModelExchange.byteCount)
    if let store = configuration.store {
      add(
        "outbox: rings, results, SQLite, stack",
        OutboxQueue.byteCount + pipelines.count * ResultReporter.byteCount
          + OutboxLimits.heapBytesMax + Thread.stackBytes)
      add(
        "outbox: \(KeepingLimits.waitingMax) records that wait for a disk",
        OutboxThread.byteCount(store))
      add("door: peers, stack", DoorThread.byteCount + Thread.stackBytes)
    }
    let rings = configuration.sensors.indices.compactMap {
      BlackBox.ringBytes(of: $0, in: configuration)
    }
    if !rings.isEmpty {
      add("black box: frames of \(rings.count) sensors", rings.reduce(0, +))
      if let store = configuration.store {
        add(
          "black box: marks, \(KeepingLimits.recordingsOpenMax) recordings",
          BlackBox.byteCount + AlertRecorder.byteCount(configuration, store))
      }
    }
    let conditions =
      ConditionTable.byteCount(configuration.conditions)
      + HealthWatch.byteCount(configuration.conditions)
    if conditions > 0 { add("conditions", conditions) }
    let outputs = AlertOutputs.byteCount(configuration)
    if outputs > 0 { add("outputs: rings, places, stacks", outputs) }
    add(
      "people: \(ControlLimits.peersMax) peers, rings, stacks",
      PeopleSide.byteCount(
        alertCount: configuration.alerts.count, sensorCount: configuration.sensors.count)
        + 2 * Thread.stackBytes)
    // Of the hot thread, of the journal, of the status.
    add("lines: 3 × event text, answers", 3 * PipelineLimits.lineBytesMax + AnswerLines.byteCount)
    add("times of the stages", StageTimes.byteCount)
    add("stack: doorkeeper", Thread.stackBytes)
  }

  private mutating func add(_ pipeline: ScoringPipeline) {
    let name = "pipeline \(pipeline.settings.name)"
    let (model, manifest) = (pipeline.bundle.model, pipeline.bundle.manifest)
    add("\(name): model", model.fileBytes + model.tableBytes)
    add("\(name): arena", model.arenaBytes)
    add(
      "\(name): window of \(manifest.window) × \(manifest.features.count)",
      pipeline.scorer.windowBytes)
  }

  /// - Parameter verifies: this process verifies what sync brings, also while a version is on
  ///   trial.
  private mutating func addSpare(_ pipelines: [ScoringPipeline], verifies: Bool) {
    let followers = pipelines.filter { $0.settings.model.version == nil }
    guard !followers.isEmpty else { return }
    // Its file is read as a whole before the model takes its own copy.
    spareBytes =
      followers.map { $0.model.byteCount + $0.bundle.model.fileBytes }.max()!
      + MemoryLayout<TrialStatistics>.stride
    add("models: room for the next version", spareBytes)
    if verifies { add("models: room to verify what sync brings", spareBytes) }
    add("stack: models", Thread.stackBytes)
  }

  private mutating func add(_ name: String, _ bytes: Int) {
    items.append(Item(name: name, bytes: bytes))
  }
}
