/// How a frame's bytes become named values.
package enum DecodingSettings: Equatable, Sendable {
  /// Columns of text with something between them.
  case csv(CSVSettings = CSVSettings())
  /// `Temp: 23.4, Hum: 55.1`, in any order.
  case labels(LabelSettings = LabelSettings())
  /// A JSON object or array with the values at any depth.
  case json(JSONSettings = JSONSettings())
  /// Packed numbers and bits.
  case binary(BinarySettings = BinarySettings())
  /// NMEA 0183: the body of a sentence, `GPGGA,123519,…`. All sentences but this one are passed
  /// over, from whatever talker; nil takes every sentence, and then fields have column numbers.
  case nmea(NMEASentence? = nil)

  /// False when any byte may be part of a value.
  package var isText: Bool {
    if case .binary = self { false } else { true }
  }
}

/// What is between two columns, or between two labels with their values.
package enum CellSeparator: Equatable, Sendable {
  /// One byte. Two of them have an empty cell between them.
  case byte(UInt8)
  /// A run of spaces and tabs. Those at either end of the line are nothing.
  case blanks
  /// A comma or a semicolon, with blanks around it, or a run of blanks. With a decimal comma only
  /// the semicolon and blanks.
  case any
}

package struct CSVSettings: Equatable, Sendable {
  package var separator: CellSeparator
  /// True for `23,4`. Then a point is no part of a number.
  package var hasDecimalComma: Bool
  /// The byte around a cell that may hold the separator.
  package var quote: UInt8?
  /// The device prints the columns' names before the values, once or now and then.
  package var hasHeader: Bool
  /// A line that begins with this byte is nothing.
  package var comment: UInt8?

  package init(
    separator: CellSeparator = .byte(UInt8(ascii: ",")), hasDecimalComma: Bool = false,
    quote: UInt8? = nil, hasHeader: Bool = false, comment: UInt8? = nil
  ) {
    self.separator = separator
    self.hasDecimalComma = hasDecimalComma
    self.quote = quote
    self.hasHeader = hasHeader
    self.comment = comment
  }
}

package struct LabelSettings: Equatable, Sendable {
  /// What is between a label and its value: `:` or `=`, with blanks around it or not.
  package var assignment: UInt8
  package var separator: CellSeparator

  package init(assignment: UInt8 = UInt8(ascii: ":"), separator: CellSeparator = .any) {
    self.assignment = assignment
    self.separator = separator
  }
}

package struct JSONSettings: Equatable, Sendable {
  /// What a value is that stands twice in one frame.
  package enum Duplicates: Equatable, Sendable {
    /// The frame is bad.
    case refuse
    /// The last one counts.
    case last
  }
  /// True to take `"17.1"` for 17.1.
  package var takesNumbersInStrings: Bool
  package var duplicates: Duplicates

  package init(takesNumbersInStrings: Bool = false, duplicates: Duplicates = .refuse) {
    self.takesNumbersInStrings = takesNumbersInStrings
    self.duplicates = duplicates
  }
}

package struct BinarySettings: Equatable, Sendable {
  package enum SamplesPerFrame: Equatable, Sendable {
    case one
    case count(Int)
    /// At least one, and as many as the frame has bytes for.
    case asManyAsFit
  }
  /// The bytes before the first sample. A field in them belongs to all samples of the frame.
  package var headBytes: Int
  package var samplesPerFrame: SamplesPerFrame

  package init(headBytes: Int = 0, samplesPerFrame: SamplesPerFrame = .one) {
    self.headBytes = headBytes
    self.samplesPerFrame = samplesPerFrame
  }
}
