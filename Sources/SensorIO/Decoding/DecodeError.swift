import Text

/// Why a frame did not become a sample. Fields count from 0, in the order of the configuration.
package enum DecodeError: Error, Equatable, Sendable {
  case fieldCount(expected: Int, found: Int)
  case notANumber(field: Int)
  /// NaN, an infinity, or beyond the range of a Float.
  case notFinite(field: Int)
  case fieldMissing(field: Int)
  case fieldDuplicate(field: Int)
  case jsonMalformed(JSONError)
  /// Well-formed, and something else than an object.
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
  /// Any byte of a packed number may be a line's end. Encoders say so; a decoder knows no framing.
  case binaryInLines
}
