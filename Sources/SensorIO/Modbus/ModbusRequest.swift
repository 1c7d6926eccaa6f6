/// What a master may read (Modbus application protocol 1.1b3, sections 6.1 to 6.4).
package enum ModbusFunction: UInt8, CaseIterable, Sendable {
  case coils = 1
  case discreteInputs = 2
  case holdingRegisters = 3
  case inputRegisters = 4

  /// What it reads is bits, and not words of 16 bits.
  package var readsBits: Bool { self == .coils || self == .discreteInputs }

  /// The most that one request may ask for: 250 bytes of answer.
  package var countMax: Int { readsBits ? 2000 : 125 }

  /// The bytes of an answer that carries so many values.
  package func dataBytes(count: Int) -> Int { readsBits ? (count + 7) / 8 : 2 * count }
}

/// One question to one unit: so many neighbouring coils or registers.
package struct ModbusRequest: Equatable, Sendable {
  package var unit: UInt8
  package var function: ModbusFunction
  /// As the wire has it, from 0: register 40001 of a data sheet is 0 of function 3.
  package var address: UInt16
  /// 1...`function.countMax`
  package var count: Int

  package init(unit: UInt8, function: ModbusFunction, address: UInt16, count: Int) {
    (self.unit, self.function, self.address, self.count) = (unit, function, address, count)
  }

  /// Of the answer, without its head of three bytes and its check of two.
  package var dataBytes: Int { function.dataBytes(count: count) }
  /// Of the whole answer.
  package var answerBytes: Int { 5 + dataBytes }

  /// Setup: the request as it goes over the wire.
  package var frame: InlineArray<8, UInt8> {
    var frame = InlineArray<8, UInt8>(repeating: 0)
    let words = [address, UInt16(truncatingIfNeeded: count)]
    (frame[0], frame[1]) = (unit, function.rawValue)
    for (index, word) in words.enumerated() {
      frame[2 + 2 * index] = UInt8(word >> 8)
      frame[3 + 2 * index] = UInt8(word & 0xFF)
    }
    let check = frame.span.withUnsafeBytes {
      Checksum.crc16Modbus.value(of: UnsafeRawBufferPointer(rebasing: $0[..<6]))
    }
    (frame[6], frame[7]) = (UInt8(check & 0xFF), UInt8(check >> 8 & 0xFF))
    return frame
  }
}
