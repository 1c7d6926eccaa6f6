/// Lists what a CAN bus carries: an identifier is a sensor, its data are bytes without a DBC file.
struct CANFinder {
  let capture: WireCapture

  func hypotheses() -> [WireHypothesis] {
    let framing = FramingSettings.packet(PacketSettings(length: .fixed(16)))
    var found: [(word: UInt32, bytes: Int)] = []
    for frame in capture.frames(framing) {
      let word = frame.withUnsafeBytes {
        loadUnsigned($0, at: 0, byteCount: 4, isBigEndian: false)
      }
      // No remote requests, and no frames about errors.
      guard word & 0x6000_0000 == 0, frame[4] > 0 else { continue }
      let bytes = Int(min(frame[4], 8))
      if let place = found.firstIndex(where: { $0.word == word }) {
        found[place].bytes = min(found[place].bytes, bytes)
      } else if found.count < SensorLimits.framingsMax * 2 {
        found.append((word, bytes))
      }
    }
    let sensors = found.compactMap { word, bytes -> FoundSensor? in
      let identifier = CANIdentifier(word & 0x1FFF_FFFF, isExtended: word >> 31 == 1)
      guard let identifier else { return nil }
      let fields = (0..<bytes).map {
        FieldSettings(name: "b\($0)", place: .offset($0), type: .uint8)
      }
      return FoundSensor(
        framing: framing, decoding: .binary(BinarySettings()), fields: fields, can: identifier)
    }
    guard let trial = WireTrial(sensors, on: capture) else { return [] }
    return [
      WireHypothesis(sensors: trial.sensors, proof: .device, explained: trial.explained)
    ]
  }
}
