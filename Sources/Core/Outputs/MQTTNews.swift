import Config

/// What a broker has still to be told, in places of fixed size: the newest state of each alert, and
/// its events. Pure: no connection, no clock.
struct MQTTNews {
  struct Message: Equatable {
    var topic: String
    var payload: [UInt8]
    var isRetained: Bool
  }

  private let texts: MQTTTexts
  // Of each alert of the configuration: the newest event, what the topic of events has still to be
  // told, and whether its retained state is older than that.
  private var latest: [AlertEvent?]
  private var pending: [PendingAlert]
  private var isStateDue: [Bool]
  private var isStatusDue = false
  private var isDiscoveryDue = false

  init(_ texts: MQTTTexts, alertCount: Int) {
    self.texts = texts
    latest = Array(repeating: nil, count: alertCount)
    pending = Array(repeating: PendingAlert(), count: alertCount)
    isStateDue = Array(repeating: false, count: alertCount)
  }

  static func byteCount(alertCount: Int) -> Int {
    alertCount * (MemoryLayout<PendingAlert>.stride + MemoryLayout<AlertEvent?>.stride + 1)
  }

  var isEmpty: Bool {
    !isStatusDue && !isDiscoveryDue && !isStateDue.contains(true) && untoldCount == 0
  }

  /// Alerts with events that were not told.
  var untoldCount: Int { pending.count { !$0.isEmpty } }

  mutating func note(_ queued: QueuedEvent) {
    let alert = queued.event.alert
    latest[alert] = queued.event
    pending[alert].put(queued)
    isStateDue[alert] = true
  }

  /// The broker has accepted a connection, and may have forgotten everything.
  mutating func greet() {
    isStatusDue = true
    repeatAll()
  }

  /// Somebody asks who is there.
  mutating func repeatAll() {
    isDiscoveryDue = texts.discoveryTopic != nil
    for alert in texts.alerts { isStateDue[alert] = true }
  }

  /// The next message: states before events, so that what is retained is never older than what was
  /// told; urgent alerts before others.
  ///
  /// - Parameter line: the line of the events socket for an event.
  mutating func next(_ line: (AlertEvent) -> UnsafeRawBufferPointer) -> Message? {
    if isStatusDue {
      isStatusDue = false
      return Message(topic: texts.statusTopic, payload: Array("online".utf8), isRetained: true)
    }
    if let alert = texts.alerts.first(where: { isStateDue[$0] }) {
      isStateDue[alert] = false
      return Message(
        topic: texts.stateTopic(of: alert),
        payload: Array(texts.state(of: alert, latest[alert]).utf8), isRetained: true)
    }
    if let alert = texts.alerts.first(where: { !pending[$0].isEmpty }),
      let queued = pending[alert].take()
    {
      return Message(
        topic: texts.eventsTopic,
        payload: MQTTTexts.event(line(queued.event), missed: queued.missed), isRetained: false)
    }
    if isDiscoveryDue, let topic = texts.discoveryTopic {
      isDiscoveryDue = false
      return Message(topic: topic, payload: Array(texts.discovery().utf8), isRetained: true)
    }
    return nil
  }
}
