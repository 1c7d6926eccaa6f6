import TestSupport

@testable import SensorIO

/// A master, a line and what hangs on it, in virtual time.
final class ModbusBench {
  struct Sample: Equatable {
    let sensor: Int
    let image: [UInt8]
    let absent: UInt32
    let arrival: Int64
  }
  /// Bytes that arrive so many nanoseconds after the request's last byte.
  typealias Delivery = (after: Int64, bytes: [UInt8])

  let master: ModbusMaster
  static let start: Int64 = 1_000_000_000
  private(set) var now = ModbusBench.start
  private(set) var samples: [Sample] = []
  private(set) var failures: [(request: ModbusRequest, fault: ModbusFault)] = []
  /// Each request with its time.
  private(set) var asked: [(time: Int64, bytes: [UInt8])] = []
  private var arrivals: [(time: Int64, bytes: [UInt8])] = []

  init(_ sensors: [ModbusSettings], on line: ModbusLine = ModbusLine(.unix(path: "/s"))) {
    master = ModbusMaster(sensors, on: line)
    master.open(at: now)
  }

  /// Goes on for so long.
  ///
  /// - Parameter answer: what the request and its number, from 0, bring.
  func run(for nanoseconds: Int64, _ answer: ([UInt8], Int) -> [Delivery]) {
    let end = now + nanoseconds
    while true {
      let rest = settle(answer)
      let next = min(arrivals.first?.time ?? .max, rest)
      guard next < end else {
        now = end
        return
      }
      now = max(now, next)
      while let first = arrivals.first, first.time <= now {
        arrivals.removeFirst()
        first.bytes.withUnsafeBytes { master.receive($0, at: now) }
      }
    }
  }

  /// - Returns: until when there is nothing to do.
  private func settle(_ answer: ([UInt8], Int) -> [Delivery]) -> Int64 {
    for _ in 0..<1000 {
      switch master.next(at: now) {
      case .rest(let until):
        precondition(until > now)
        return until
      case .ask:
        let request = Array(master.ask(at: now))
        asked.append((now, request))
        for (after, bytes) in answer(request, asked.count - 1) {
          let time = now + after
          let place = arrivals.firstIndex { $0.time > time } ?? arrivals.count
          arrivals.insert((time, bytes), at: place)
        }
      case .failed(let failure): failures.append((failure.request, failure.fault))
      case .sample(let sensor):
        samples.append(
          Sample(
            sensor: sensor, image: Array(master.image(of: sensor)),
            absent: master.absentFields(of: sensor), arrival: master.arrival(of: sensor)))
      }
    }
    preconditionFailure("a master that never rests")
  }

  // MARK: frames

  static func checked(_ bytes: [UInt8]) -> [UInt8] {
    let check = bytes.withUnsafeBytes { Checksum.crc16Modbus.value(of: $0) }
    return bytes + [UInt8(check & 0xFF), UInt8(check >> 8)]
  }

  static func answer(_ unit: UInt8, _ function: UInt8, _ data: [UInt8]) -> [UInt8] {
    checked([unit, function, UInt8(data.count)] + data)
  }

  static func exception(_ unit: UInt8, _ function: UInt8, _ code: UInt8) -> [UInt8] {
    checked([unit, function | 0x80, code])
  }

  /// A sound answer to a request, with this data for each register or eight coils.
  static func answer(to request: [UInt8], _ word: UInt16 = 0x1234) -> [UInt8] {
    let count = Int(request[4]) << 8 | Int(request[5])
    let bytes =
      request[1] <= 2
      ? [UInt8](repeating: UInt8(word & 0xFF), count: (count + 7) / 8)
      : (0..<count).flatMap { _ in [UInt8(word >> 8), UInt8(word & 0xFF)] }
    return answer(request[0], request[1], bytes)
  }

  // MARK: settings

  static let millisecond: Int64 = 1_000_000

  /// A sensor of a field for each of these registers.
  static func settings(
    _ places: [ModbusPlace], every milliseconds: Int64 = 1000, retries: Int = 0,
    declared: [ModbusRequest] = []
  ) throws -> ModbusSettings {
    ModbusSettings(
      try ModbusPlan(places, declared: declared), intervalNanoseconds: milliseconds * millisecond,
      retries: retries)
  }

  static func register(_ address: Int, unit: UInt8 = 1, count: Int = 1) -> ModbusPlace {
    ModbusPlace(unit: unit, function: .holdingRegisters, address: address, count: count)
  }
}
