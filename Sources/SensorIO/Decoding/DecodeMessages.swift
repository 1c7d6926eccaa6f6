import Text

extension FieldFault {
  /// The kind as configurations and metrics write it.
  package var word: String {
    switch self {
    case .nan: "nan"
    case .infinite: "infinite"
    case .null: "null"
    case .empty: "empty"
    case .missing: "missing"
    case .text: "text"
    case .invalid: "invalid"
    case .range: "range"
    case .warmUp: "warm_up"
    case .old: "old"
    }
  }

  /// What is the matter with a value, after its name.
  package var message: String {
    switch self {
    case .nan: "is not a finite number but NaN"
    case .infinite: "is not a finite number, or too large"
    case .null: "is null"
    case .empty: "is empty"
    case .missing: "is missing"
    case .text: "is not a number"
    case .invalid: "is marked as invalid by the device"
    case .range: "is out of its range"
    case .warmUp: "has not yet warmed up"
    case .old: "is too old"
    }
  }
}

extension DecodeError {
  /// - Parameter fields: the sensor's fields, for their names.
  @export(interface)
  package func message(_ fields: [FieldSettings]) -> String {
    switch self {
    case .fieldCount(let expected, let found):
      "\(Decimal.count(found, "field")), expected \(expected)"
    case .notText: "bytes that are no text; is the baud rate right?"
    case .beforeHeader: "no header line yet that names the columns"
    case .noValue(let fault):
      if fields.count == 1 {
        "field \(fields[0].name) \(fault.message)"
      } else {
        "no field has a value; the first, \(fields[0].name), \(fault.message)"
      }
    case .dropped(let field, let fault): "field \(fields[field].name) \(fault.message)"
    case .fieldDuplicate(let field): "field \(fields[field].name) is there twice"
    case .jsonMalformed(let error):
      "not JSON at line \(error.line), column \(error.column)"
    case .notAnObject: "not a JSON object, or an array where the fields need an object"
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
      case .placeUnusable(let field):
        "field \(field + 1) has a place that this decoding does not know, or beyond every frame"
      case .bitsUnusable(let field):
        "field \(field + 1) needs a place of 1 to \(SensorLimits.bitsMax) bits"
      case .wordsUnusable(let field):
        "field \(field + 1) has no words to swap; only types of 4 and 8 bytes have"
      case .invalidUnusable(let field):
        "field \(field + 1) may have \(SensorLimits.invalidMax) invalid values, all of them numbers"
      case .durationUnusable(let field):
        "field \(field + 1) has a warm-up or a hold of less than nothing"
      case .nameUnknown(let field):
        "the sentence has no value with the name of field \(field + 1); give a name or a column"
      case .separatorUnusable(let byte):
        "\(quoted(String(decoding: [byte], as: UTF8.self))) cannot separate here: it may be part of"
          + " a number, or has another meaning already"
      case .samplesUnusable: "a frame has at least one sample, and no head of less than nothing"
      case .clockUnusable:
        "the clock has a place that this decoding does not know, or not 16, 24, 32 or 64 bits"
      case .payloadTooLong(let bytes, let max): "\(bytes) bytes a frame; at most \(max) are read"
      case .binaryInLines:
        "lines cannot hold binary fields, since any byte may end a line; use length or cobs framing"
      case .notEncodable: "no encoder knows this decoding or these places; it can only be read"
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
      ("wrong field count", fieldCounts), ("not text", notText),
      ("before the header", beforeHeader),
      ("no value", noValue), ("value refused", dropped), ("field twice", fieldsDuplicate),
      ("not JSON", jsonMalformed), ("no JSON object", notObjects),
      ("wrong payload size", payloadBytes),
    ]
  }
}
