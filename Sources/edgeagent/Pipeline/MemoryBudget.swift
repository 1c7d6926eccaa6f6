import EdgeRuntime
import SensorIO
import System

/// Everything the core allocates before READY, by the limits that declare it. After READY there is
/// nothing more.
struct MemoryBudget {
  struct Item: Equatable {
    let name: String
    let bytes: Int
  }

  private(set) var items: [Item] = []

  /// For a new version beside the one that scores: one is loaded at a time, so the largest counts.
  /// 0 where every pipeline names its version.
  private(set) var spareBytes = 0

  var total: Int { items.reduce(0) { $0 + $1.bytes } }

  init(_ configuration: Configuration, _ pipelines: [ScoringPipeline]) {
    for sensor in configuration.sensors {
      var connections = 1
      if case .unix = sensor.port { connections = PipelineLimits.producersMax }
      items.append(
        Item(
          name: "sensor \(sensor.name): \(connections) × (read buffer, framer)",
          bytes: connections * (PipelineLimits.readBytesMax + FrameReader.byteCount)))
    }
    for pipeline in pipelines {
      let name = "pipeline \(pipeline.settings.name)"
      let manifest = pipeline.bundle.manifest
      items.append(
        Item(
          name: "\(name): model",
          bytes: pipeline.bundle.model.fileBytes + pipeline.bundle.model.tableBytes))
      items.append(Item(name: "\(name): arena", bytes: pipeline.bundle.model.arenaBytes))
      items.append(
        Item(
          name: "\(name): window of \(manifest.window) × \(manifest.features.count)",
          bytes: manifest.window * manifest.features.count * MemoryLayout<Float>.stride))
    }
    let followers = pipelines.filter { $0.settings.model.version == nil }
    if !followers.isEmpty {
      // Its file is read as a whole before the model takes its own copy.
      spareBytes =
        followers.map { $0.model.byteCount + $0.bundle.model.fileBytes }.max()!
        + MemoryLayout<TrialStatistics>.stride
      items.append(Item(name: "models: room for the next version", bytes: spareBytes))
      items.append(Item(name: "stack: models", bytes: Thread.stackBytes))
    }
    items.append(
      Item(
        name: "events: \(PipelineLimits.subscribersMax) subscribers",
        bytes: PipelineLimits.subscribersMax
          * (PipelineLimits.pendingBytesMax + FrameReader.byteCount)))
    items.append(
      Item(
        name: "rings: arrivals, notices, commands",
        bytes: PipelineLimits.arrivalsMax * MemoryLayout<Arrival>.stride
          + PipelineLimits.noticesMax * MemoryLayout<Notice>.stride
          + PipelineLimits.commandsWaitingMax * MemoryLayout<AlertEvent>.stride))
    if configuration.store != nil {
      items.append(
        Item(
          name: "store: rings, SQLite, stack",
          bytes: StoreQueue.byteCount + OutboxLimits.heapBytesMax + Thread.stackBytes))
    }
    // Of the hot thread, of the commands' thread, of the journal, of the status.
    items.append(Item(name: "lines: 4 × event text", bytes: 4 * PipelineLimits.lineBytesMax))
    items.append(Item(name: "stacks: doorkeeper, commands", bytes: 2 * Thread.stackBytes))
  }
}
