/// Bounds of a Modbus master.
package enum ModbusLimits {
  /// The data of all answers of one cycle: what one frame of any sensor may hold.
  package static let imageBytesMax = SensorLimits.payloadBytesMax
  /// A bit of a word for each.
  package static let fieldsMax = 32
  /// The longest answer: a head of 3, 250 of data, a check of 2.
  static let answerBytesMax = 255
  /// Twice that: behind what is not yet told, a whole answer finds room.
  static let inputBytesMax = 2 * answerBytesMax
  /// What one read of a line is looked at: four times the longest answer. In babble each byte may
  /// begin an answer whose check is then computed, and this is half a millisecond of that.
  static let bytesPerReadMax = 1024
  /// A device that is silent for so long has said what it had to say. USB adapters hold bytes back
  /// for up to 16 ms, and a busy board looks up later.
  static let silenceNanoseconds: Int64 = 50_000_000

  /// From a device that answers at once to a gateway that asks over a radio.
  package static let timeoutNanoseconds: ClosedRange<Int64> = 1_000_000...60_000_000_000
  package static let timeoutDefaultNanoseconds: Int64 = 500_000_000
  /// Beyond three the next cycle does as well.
  package static let retriesRange = 0...3
  /// One: a bit that was flipped on the line costs no value then, and with it no window of a model.
  /// A unit that is silent is asked once a cycle all the same.
  package static let retriesDefault = 1
  package static let pauseNanoseconds: ClosedRange<Int64> = 0...1_000_000_000
  /// 1 to 247 by the standard. Some devices answer to 248 or 255, whatever their own is.
  package static let units = 1...255

  /// The silence between two frames: 3.5 characters of 11 bits, and 1.75 ms above 19,200 baud
  /// (Modbus over serial line 1.02, section 2.5.1.1). Lines without a rate have the latter.
  package static func pause(baud: Int?) -> Int64 {
    guard let baud, (1...19_200).contains(baud) else { return 1_750_000 }
    return 38_500_000_000 / Int64(baud)
  }
}
