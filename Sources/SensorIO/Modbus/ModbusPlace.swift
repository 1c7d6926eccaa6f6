/// Where a device has one field's value.
package struct ModbusPlace: Equatable, Sendable {
  package var unit: UInt8
  package var function: ModbusFunction
  package var address: Int
  /// Registers, or 1 for a coil.
  package var count: Int
  /// Some bits of one register: the lowest of them, from 0, and how many.
  package var bits: Bits?

  package struct Bits: Equatable, Sendable {
    package var low: Int
    package var length: Int
    package var isSigned: Bool

    package init(low: Int, length: Int, isSigned: Bool) {
      (self.low, self.length, self.isSigned) = (low, length, isSigned)
    }
  }

  package init(
    unit: UInt8, function: ModbusFunction, address: Int, count: Int, bits: Bits? = nil
  ) {
    (self.unit, self.function, self.address, self.count) = (unit, function, address, count)
    self.bits = bits
  }

  var end: Int { address + count }
}

extension ModbusRequest {
  var end: Int { Int(address) + count }

  func covers(_ place: ModbusPlace) -> Bool {
    unit == place.unit && function == place.function && Int(address) <= place.address
      && place.end <= end
  }

  /// Where the value stands in the image of a cycle.
  ///
  /// - Parameter offset: of this request's data in it.
  func fieldPlace(of place: ModbusPlace, at offset: Int) -> FieldPlace {
    let step = place.address - Int(address)
    guard !function.readsBits else {
      return .bits(start: 8 * offset + step, length: 1, order: .intel, isSigned: false)
    }
    let byte = offset + 2 * step
    guard let bits = place.bits else { return .offset(byte) }
    // The high byte of a register comes first.
    let highest = bits.low + bits.length - 1
    return .bits(
      start: 8 * (byte + (highest < 8 ? 1 : 0)) + highest % 8, length: bits.length,
      order: .motorola, isSigned: bits.isSigned)
  }
}
