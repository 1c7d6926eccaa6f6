/// What the agent, as the master of a bus, asks for one sensor, and how it waits for answers.
package struct ModbusSettings: Equatable, Sendable {
  /// In the order in which they are asked; 1...32.
  package var requests: [ModbusRequest]
  /// For each field the index of its request; 1...32.
  package var fieldRequests: [Int]
  /// From the begin of a cycle to the begin of the next.
  package var intervalNanoseconds: Int64
  /// From a request's last byte to the answer's, without the time of the answer on the wire.
  package var timeoutNanoseconds: Int64
  /// How often a request is asked again in its cycle, 0...3.
  package var retries: Int
  /// The silence before a request; nil for what the standard says for the line's rate.
  package var pauseNanoseconds: Int64?

  package init(
    _ plan: ModbusPlan, intervalNanoseconds: Int64,
    timeoutNanoseconds: Int64 = ModbusLimits.timeoutDefaultNanoseconds,
    retries: Int = ModbusLimits.retriesDefault, pauseNanoseconds: Int64? = nil
  ) {
    (requests, fieldRequests) = (plan.requests, plan.fieldRequests)
    self.intervalNanoseconds = intervalNanoseconds
    self.timeoutNanoseconds = timeoutNanoseconds
    self.retries = retries
    self.pauseNanoseconds = pauseNanoseconds
  }

  /// The least that a cycle takes, where every unit answers at once: its requests and answers on
  /// the wire, and the silence before each of both.
  package func cycleNanoseconds(on line: ModbusLine) -> Int64 {
    let pause = pauseNanoseconds ?? line.pauseNanoseconds
    return requests.reduce(0) {
      $0 + Int64(8 + $1.answerBytes) * line.characterNanoseconds + pause
        + min(pause, line.pauseNanoseconds)
    }
  }
}

/// What of a line matters to its timing.
package struct ModbusLine: Equatable, Sendable {
  /// 0 where the line has no rate.
  package let characterNanoseconds: Int64
  /// Between two frames, by the standard.
  package let pauseNanoseconds: Int64

  package init(_ port: PortAddress) {
    if case .serial(_, let line) = port {
      (characterNanoseconds, pauseNanoseconds) = (
        line.characterNanoseconds, ModbusLimits.pause(baud: line.baud)
      )
    } else {
      (characterNanoseconds, pauseNanoseconds) = (0, ModbusLimits.pause(baud: nil))
    }
  }
}

extension PortAddress {
  /// Requests can be written to it, and its bytes are a stream.
  package var takesRequests: Bool {
    switch self {
    case .serial, .unix, .unixClient: true
    case .unixDatagram, .unixPackets, .can, .sound, .iio, .standardInput, .file: false
    }
  }
}
