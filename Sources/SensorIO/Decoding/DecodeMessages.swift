import Text

extension DecodeError {
  /// - Parameter fields: the sensor's fields, for their names.
  @export(interface)
  package func message(_ fields: [FieldSettings]) -> String {
    switch self {
    case .fieldCount(let expected, let found):
      "\(Decimal.count(found, "field")), expected \(expected)"
    case .notANumber(let field): "field \(fields[field].name) is not a number"
    case .notFinite(let field): "field \(fields[field].name) is not a finite number"
    case .fieldMissing(let field): "field \(fields[field].name) is missing"
    case .fieldDuplicate(let field): "field \(fields[field].name) is there twice"
    case .jsonMalformed(let error):
      "not JSON at line \(error.line), column \(error.column)"
    case .notAnObject: "not a JSON object"
    case .payloadBytes(let expected, let found):
      "\(Decimal.count(found, "byte")), the fields need \(expected)"
    }
  }
}

extension DecodingSetupError {
  package var message: String {
    @export(interface)
    get {
      switch self {
      case .fieldCount(let found, let max): "\(found) fields; at most \(max) are decoded"
      case .nameEmpty(let field): "field \(field + 1) has no name"
      case .nameRepeated(let field): "field \(field + 1) has the name of another"
      case .scaleUnusable(let field): "the scale of field \(field + 1) is 0 or not finite"
      case .offsetNotFinite(let field): "the offset of field \(field + 1) is not finite"
      case .payloadTooLong(let bytes, let max): "\(bytes) bytes a frame; at most \(max) are read"
      case .binaryInLines:
        "lines cannot hold binary fields, since any byte may end a line; use length or cobs framing"
      }
    }
  }
}

extension SampleEncodingError {
  package func message(_ fields: [FieldSettings]) -> String {
    switch self {
    case .notFinite(let field): "\(fields[field].name) is not finite"
    case .outOfRange(let field):
      "\(fields[field].name) does not fit \(fields[field].type.rawValue) with its scale"
    case .frame(let error): error.message
    }
  }
}

extension DecodeCounters {
  /// The kinds of frames that became no sample, in words, each with its count.
  package var kinds: [(words: String, count: UInt64)] {
    [
      ("wrong field count", fieldCounts), ("not a number", notNumbers),
      ("not finite", notFinite), ("field missing", fieldsMissing),
      ("field twice", fieldsDuplicate), ("not JSON", jsonMalformed),
      ("no JSON object", notObjects), ("wrong payload size", payloadBytes),
    ]
  }
}
