import Text

/// Why a frame did not become a sample. Fields count from 0, in the order of the configuration.
package enum DecodeError: Error, Equatable, BitwiseCopyable, Sendable {
  /// The line has another count of columns than the fields, whose places are their order.
  case fieldCount(expected: Int, found: Int)
  /// Control bytes or broken UTF-8 inside a line.
  case notText
  /// The header has not come yet that says which column is which field.
  case beforeHeader
  /// No field has a value, and the device does not say of any that it has none. The fault is that
  /// of the first field.
  case noValue(FieldFault)
  /// A field has no value, and is declared to cost the sample.
  case dropped(field: Int, FieldFault)
  case fieldDuplicate(field: Int)
  case jsonMalformed(JSONError)
  /// The frame is JSON, but its root is not what the fields' paths begin with.
  case notAnObject
  case payloadBytes(expected: Int, found: Int)
}

/// Why fields cannot be decoded. Fields count from 0.
package enum DecodingSetupError: Error, Equatable, Sendable {
  case fieldCount(found: Int, max: Int)
  case nameEmpty(field: Int)
  case nameRepeated(field: Int)
  /// A scale of 0, or one that is not finite.
  case scaleUnusable(field: Int)
  case offsetNotFinite(field: Int)
  /// This decoding has no such places, or the place is beyond every frame.
  case placeUnusable(field: Int)
  /// No bits, more than 64, or a type of bits without a place of bits.
  case bitsUnusable(field: Int)
  /// Only types of 4 and 8 bytes have words to swap.
  case wordsUnusable(field: Int)
  /// Too many invalid values, or one that is no number.
  case invalidUnusable(field: Int)
  /// A negative warm-up or hold.
  case durationUnusable(field: Int)
  /// The sentence has no value of that name.
  case nameUnknown(field: Int)
  /// The separator, quote, comment or assignment is one of the others, or part of a number.
  case separatorUnusable(UInt8)
  /// A head that is negative, or a count of samples below 1.
  case samplesUnusable
  /// A clock in a place that this decoding does not have, of an unknown width, or without a tick.
  case clockUnusable
  case payloadTooLong(bytes: Int, max: Int)
  /// Any byte of a packed number may be equal to a line's end. Only encoders throw this: a decoder
  /// does not know the framing.
  case binaryInLines
  /// Only decoders know this decoding, or this place of a field. Only encoders throw this.
  case notEncodable
}
