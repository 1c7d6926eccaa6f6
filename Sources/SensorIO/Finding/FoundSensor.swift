/// A device that the finder knows beforehand.
package struct KnownDevice: Sendable {
  package var name: String
  package var framing: FramingSettings
  package var decoding: DecodingSettings
  package var fields: [FieldSettings]

  package init(
    name: String, framing: FramingSettings, decoding: DecodingSettings, fields: [FieldSettings]
  ) {
    (self.name, self.framing, self.decoding, self.fields) = (name, framing, decoding, fields)
  }
}

/// One kind of frames that a wire carries, as a sensor's settings have it.
package struct FoundSensor: Equatable, Sendable {
  /// The known device; nil for one that was found by its bytes alone.
  package var preset: String?
  package var framing: FramingSettings
  package var decoding: DecodingSettings
  package var fields: [FieldSettings]
  /// The identifier of its frames, on a CAN bus.
  package var can: CANIdentifier?
  /// Samples and frames without one.
  package internal(set) var samples = 0
  package internal(set) var badFrames = 0
  /// Samples a second, without the pauses; nil where too few came to tell.
  package internal(set) var rateHertz: Double?
  /// The last sample; NaN where a field has no value.
  package internal(set) var values: [Float] = []

  package init(
    preset: String? = nil, framing: FramingSettings, decoding: DecodingSettings,
    fields: [FieldSettings], can: CANIdentifier? = nil
  ) {
    self.preset = preset
    (self.framing, self.decoding, self.fields, self.can) = (framing, decoding, fields, can)
  }
}

/// What a wire may carry.
package struct WireHypothesis: Equatable, Sendable {
  /// Why it may be believed; the earlier ones prove more.
  package enum Proof: Int, Sendable {
    /// The frames of a known device, or sentences with their checksums.
    case device
    /// A checksum of 16 or 32 bits.
    case longCheck
    /// Text that reads well.
    case text
    /// A checksum of 8 bits.
    case shortCheck
    /// The zeros of COBS, without a checksum.
    case stuffing
    /// The same bytes at every start.
    case marks
    /// Lengths alone, or silences.
    case lengths
  }

  package var sensors: [FoundSensor]
  package var proof: Proof
  /// The share of the bytes that belongs to sound samples, 0...1.
  package var explained: Double
  /// How much of a sound line's content is taken, 0...1: a line of words that has one number in it
  /// is no good table.
  package var fit = 1.0
  /// The characters of the line have seven bits and this, where it is no line of eight bits.
  package var sevenBits: SevenBits?

  init(sensors: [FoundSensor], proof: Proof, explained: Double) {
    (self.sensors, self.proof, self.explained) = (sensors, proof, explained)
  }

  package var samples: Int { sensors.reduce(0) { $0 + $1.samples } }
  package var badFrames: Int { sensors.reduce(0) { $0 + $1.badFrames } }

  /// By which hypotheses are ranked: what they explain, weighed by what they prove.
  package var score: Double {
    let weight =
      switch proof {
      case .device: 1.0
      case .longCheck: 0.98
      case .text: 0.96
      case .shortCheck: 0.94
      case .stuffing: 0.85
      case .marks: 0.75
      case .lengths: 0.6
      }
    return weight * explained * fit
  }

  /// So much is proved by so many frames that no other rate of the line needs a try.
  package var isSure: Bool {
    explained >= 0.9 && fit >= 0.6 && proof.rawValue <= Proof.shortCheck.rawValue
      && samples >= (proof == .shortCheck ? 5 : 3)
  }
}

/// What the eighth bit of a line's characters is.
package enum SevenBits: Equatable, Sendable {
  case even, odd
  /// Always set: two stop bits, or a mark.
  case mark
}
