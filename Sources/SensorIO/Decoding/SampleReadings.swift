/// What a frame has for one field: a raw value, or the reason why there is none.
struct Reading {
  var raw: Double = 0
  /// Nil when `raw` is the value.
  var fault: FieldFault? = .missing

  static func value(_ raw: Double) -> Reading {
    if raw.isFinite { return Reading(raw: raw, fault: nil) }
    return .fault(raw.isNaN ? .nan : .infinite)
  }

  static func fault(_ fault: FieldFault) -> Reading { Reading(fault: fault) }
}

/// The readings of one sample: a slot for each field, and one after them for the device's clock.
///
/// A decoder fills it; whatever it leaves out is missing. The pointers stay as long as the decoder.
struct SampleReadings {
  let fields: UnsafeMutableBufferPointer<Reading>
  let clock: UnsafeMutablePointer<ClockReading>

  init(fieldCount: Int) {
    fields = .allocate(capacity: fieldCount)
    fields.initialize(repeating: Reading())
    clock = .allocate(capacity: 1)
    clock.initialize(to: .none)
  }

  func deallocate() {
    fields.deallocate()
    clock.deallocate()
  }

  /// The slot of the device's clock.
  var clockSlot: Int { fields.count }

  func forget() {
    fields.update(repeating: Reading())
    clock.pointee = .none
  }
}
