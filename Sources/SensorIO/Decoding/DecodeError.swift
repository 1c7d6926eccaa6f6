import Text

/// Why a frame did not become a sample. Fields count from 0, in the order of the configuration.
package enum DecodeError: Error, Equatable, Sendable {
  case fieldCount(expected: Int, found: Int)
  case notANumber(field: Int)
  /// NaN, an infinity, or a number out of the range of a Float.
  case notFinite(field: Int)
  case fieldMissing(field: Int)
  case fieldDuplicate(field: Int)
  case jsonMalformed(JSONError)
  /// The frame is well-formed JSON but no object.
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
  case payloadTooLong(bytes: Int, max: Int)
  /// Any byte of a packed number may be equal to a line's end. Only encoders throw this: a decoder
  /// does not know the framing.
  case binaryInLines
}
