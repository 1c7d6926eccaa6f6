import Testing

@testable import SensorIO

/// Goal: the fewest requests, nothing read that nobody asked for, and each field where the image
/// has it.
/// Method: places by hand, and the requests and places that they have to become.
@Suite struct ModbusPlanTests {
  private func place(
    _ function: ModbusFunction, _ address: Int, _ count: Int = 1, unit: UInt8 = 1,
    bits: ModbusPlace.Bits? = nil
  ) -> ModbusPlace {
    ModbusPlace(unit: unit, function: function, address: address, count: count, bits: bits)
  }

  private func request(
    _ function: ModbusFunction, _ address: UInt16, _ count: Int, unit: UInt8 = 1
  ) -> ModbusRequest {
    ModbusRequest(unit: unit, function: function, address: address, count: count)
  }

  @Test func `a request has the bytes of the standard's example and of others`() {
    let frames = [
      (
        ModbusRequest(unit: 0x11, function: .holdingRegisters, address: 0x6B, count: 3),
        [0x11, 3, 0, 0x6B, 0, 3, 0x76, 0x87] as [UInt8]
      ),
      (
        ModbusRequest(unit: 1, function: .holdingRegisters, address: 0, count: 10),
        [1, 3, 0, 0, 0, 10, 0xC5, 0xCD]
      ),
    ]
    for (request, bytes) in frames {
      let frame = request.frame
      #expect((0..<8).map { frame[$0] } == bytes)
    }
  }

  @Test func `neighbours are one request, in whatever order they are named`() throws {
    let plan = try ModbusPlan([
      place(.inputRegisters, 8, 2), place(.inputRegisters, 10, 2), place(.inputRegisters, 6, 2),
    ])
    #expect(plan.requests == [request(.inputRegisters, 6, 6)])
    #expect(plan.fieldPlaces == [.offset(4), .offset(8), .offset(0)])
    #expect(plan.imageBytes == 12)
  }

  @Test func `a register between two is not read, and neither is another unit or function joined`()
    throws
  {
    let plan = try ModbusPlan([
      place(.holdingRegisters, 0), place(.holdingRegisters, 2), place(.inputRegisters, 1),
      place(.holdingRegisters, 1, unit: 2),
    ])
    #expect(
      plan.requests == [
        request(.holdingRegisters, 0, 1), request(.holdingRegisters, 2, 1),
        request(.inputRegisters, 1, 1), request(.holdingRegisters, 1, 1, unit: 2),
      ])
    #expect(plan.fieldRequests == [0, 1, 2, 3])
    #expect(plan.fieldPlaces == [.offset(0), .offset(2), .offset(4), .offset(6)])
  }

  @Test func `requests come in the order of their first fields`() throws {
    let plan = try ModbusPlan([
      place(.inputRegisters, 70, 2), place(.inputRegisters, 0, 2), place(.inputRegisters, 2, 2),
    ])
    #expect(plan.requests == [request(.inputRegisters, 70, 2), request(.inputRegisters, 0, 4)])
    #expect(plan.fieldPlaces == [.offset(0), .offset(4), .offset(8)])
  }

  @Test func `a declared request stands as it is, in the place of its first field`() throws {
    let plan = try ModbusPlan(
      [place(.holdingRegisters, 256), place(.coils, 19), place(.coils, 28)],
      declared: [request(.coils, 19, 10)])
    #expect(plan.requests == [request(.holdingRegisters, 256, 1), request(.coils, 19, 10)])
    #expect(
      plan.fieldPlaces == [
        .offset(0), .bits(start: 16, length: 1, order: .intel, isSigned: false),
        .bits(start: 25, length: 1, order: .intel, isSigned: false),
      ])
    #expect(plan.imageBytes == 4)
  }

  @Test func `bits of a register count from its lowest`() throws {
    let plan = try ModbusPlan([
      place(.holdingRegisters, 5, bits: .init(low: 0, length: 1, isSigned: false)),
      place(.holdingRegisters, 5, bits: .init(low: 15, length: 1, isSigned: false)),
      place(.holdingRegisters, 5, bits: .init(low: 4, length: 8, isSigned: true)),
    ])
    #expect(plan.requests == [request(.holdingRegisters, 5, 1)])
    let fields = plan.fieldPlaces.enumerated().map { index, place in
      FieldSettings(name: "f\(index)", place: place, isBigEndian: true)
    }
    let decoder = try SampleDecoder(.binary(), fields: fields)
    var values = [Float](repeating: 0, count: 3)
    // 0x8FA1: bit 0 is set, bit 15 is set, bits 4 to 11 are 0xFA.
    try [UInt8]([0x8F, 0xA1]).withUnsafeBytes { frame in
      try values.withUnsafeMutableBufferPointer {
        try decoder.decode(frame, at: 1, into: $0) { _ in }
      }
    }
    #expect(values == [1, 1, -6])
  }

  @Test(arguments: [(ModbusFunction.holdingRegisters, 125), (.coils, 2000)])
  func `no request asks for more than one may`(function: ModbusFunction, most: Int) throws {
    let places = (0..<32).map { place(function, $0 * (most / 16), most / 16) }
    let requests = try ModbusPlan(places).requests
    #expect(requests.allSatisfy { $0.count <= most })
    #expect(requests.count == (32 + 15) / 16 + (function == .coils ? 0 : 0))
  }

  @Test func `what cannot be asked is named`() {
    #expect(throws: ModbusProblem.requestWithoutField(1)) {
      try ModbusPlan(
        [place(.coils, 0)], declared: [request(.coils, 0, 8), request(.coils, 0, 9)])
    }
    #expect(throws: ModbusProblem.imageTooLong(bytes: 1250, max: 1024)) {
      try ModbusPlan(
        (0..<5).map { place(.inputRegisters, 1000 * $0) },
        declared: (0..<5).map { request(.inputRegisters, UInt16(1000 * $0), 125) })
    }
  }
}
