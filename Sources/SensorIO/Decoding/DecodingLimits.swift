extension SensorLimits {
  /// The numbers that columns may have. No frame has more bytes, so none has more columns.
  package static let columnsMax = 1024
  /// The columns of an NMEA sentence with its address: its 82 characters have room for no more with
  /// a character in each second one, and for none of the known sentences more than 21.
  package static let sentenceColumnsMax = 41
  /// The steps of a path into a JSON document. Devices nest three or four levels.
  package static let pathStepsMax = 16
  /// The raw values of one field that mean `no value`. Devices have one to three.
  package static let invalidMax = 8
  /// The bits of one number.
  package static let bitsMax = 64
}
