@testable import SensorIO

/// Bytes as what a bus brings in the place of an answer.
///
/// Goal: no bytes crash. The pieces in which they come change nothing. What is taken for an answer
/// stands in the bytes, with its unit, function, count and check. The master always comes to rest,
/// and a request is settled when its time is over.
/// Method: the first byte chooses what is asked. The rest comes behind the first request, in one
/// piece and in pieces of random sizes.
enum ModbusFuzzing {
  private static func request(
    _ unit: UInt8, _ function: ModbusFunction, _ count: Int
  ) -> ModbusRequest {
    ModbusRequest(unit: unit, function: function, address: 0, count: count)
  }

  private static let choices: [[ModbusRequest]] = [
    [request(1, .holdingRegisters, 1)], [request(1, .inputRegisters, 6)],
    [request(2, .coils, 10)],
    [request(1, .holdingRegisters, 1), request(2, .holdingRegisters, 1)],
    [request(248, .discreteInputs, 2000)],
  ]

  private struct Outcome: Equatable {
    var faults: [ModbusFault] = []
    var images: [[UInt8]] = []
    var counters = ModbusCounters()
  }

  static func run(_ bytes: UnsafeRawBufferPointer) {
    guard let choice = bytes.first else { return }
    let requests = choices[Int(choice) % choices.count]
    let stream = UnsafeRawBufferPointer(rebasing: bytes.dropFirst().prefix(1024))
    var random = FuzzRandom(of: bytes)
    let whole = outcome(requests, stream) { stream.count }
    let pieces = outcome(requests, stream) { 1 + Int(random.next() % 40) }
    precondition(whole == pieces, "pieces matter")
    for image in whole.images { precondition(stands(image, requests[0], in: stream)) }
    precondition(whole.counters.answers + whole.counters.faults >= 1, "a request without an end")
  }

  /// Of the first request alone: the others are never answered.
  private static func outcome(
    _ requests: [ModbusRequest], _ stream: UnsafeRawBufferPointer, size: () -> Int
  ) -> Outcome {
    let places = requests.map {
      ModbusPlace(unit: $0.unit, function: $0.function, address: 0, count: 1)
    }
    guard let plan = try? ModbusPlan(places, declared: requests) else { preconditionFailure() }
    let second: Int64 = 1_000_000_000
    let master = ModbusMaster(
      [ModbusSettings(plan, intervalNanoseconds: 100 * second, retries: 0)],
      on: ModbusLine(.unix(path: "/s")))
    var (outcome, now, first) = (Outcome(), second, 0)
    master.open(at: now)
    var isAsked = false
    for _ in 0..<1000 {
      switch master.next(at: now) {
      case .rest(let until):
        precondition(until > now, "a rest that is over")
        if until >= 90 * second {
          outcome.counters = master.counters(of: 0)
          return outcome
        }
        now = until
      case .ask:
        precondition(master.ask(at: now).count == 8)
        while first < stream.count && !isAsked {
          let piece = min(max(1, size()), stream.count - first)
          master.receive(
            UnsafeRawBufferPointer(rebasing: stream[first..<first + piece]), at: now)
          first += piece
        }
        isAsked = true
      case .failed(let failure): outcome.faults.append(failure.fault)
      case .sample(let sensor): outcome.images.append(Array(master.image(of: sensor)))
      }
    }
    preconditionFailure("a master that never rests")
  }

  private static func stands(
    _ image: [UInt8], _ request: ModbusRequest, in stream: UnsafeRawBufferPointer
  ) -> Bool {
    let data = image.prefix(request.dataBytes)
    var frame = [request.unit, request.function.rawValue, UInt8(request.dataBytes)] + data
    let check = frame.withUnsafeBytes { Checksum.crc16Modbus.value(of: $0) }
    frame += [UInt8(check & 0xFF), UInt8(check >> 8)]
    guard stream.count >= frame.count else { return false }
    return (0...stream.count - frame.count).contains { place in
      stream[place..<place + frame.count].elementsEqual(frame)
    }
  }
}
