/// The bounds of the search for what a wire carries. It runs in a command of its own, so these
/// bound a person's waiting, and no hot path.
package enum FindingLimits {
  /// What is kept of a wire: 2.8 s of a full line at 115 200 baud, and a minute of most sensors.
  package static let captureBytesMax = 32 * 1024
  /// What a guess is tried on before all bytes are: a hundred frames of common length.
  static let trialBytesMax = 4 * 1024
  /// The same for guesses of which there are hundreds.
  static let quickBytesMax = 2 * 1024
  /// The lines that are looked through for columns, labels and paths.
  static let linesMax = 200
  /// Fields of a table that a person can read through; the configuration takes as many.
  package static let fieldsMax = 32
  /// Marks of a start that are tried: the most frequent pairs of bytes. The mark of a frame of up
  /// to 16 bytes is among them, also where each of its bytes is constant.
  static let marksMax = 16
  /// The longest frame without a carried length that is looked for.
  static let fixedBytesMax = 256
  /// Frames behind one mark that are compared.
  static let markedFramesMax = 64
  /// Frames that a checksum is tried on.
  static let checkedFramesMax = 24
  /// Where lengths are the only proof, numbers that move by more than this share of their range
  /// are no sensor's: in noise it is a third, and hardly below a quarter in three frames of it.
  static let movesMax = 0.15
  /// A share of the bytes below this explains nothing.
  package static let explainedMin = 0.5
  /// Silence for so long is a boundary of frames, where nothing else says one: more than two
  /// characters at 4800 baud, and less than most devices wait between frames.
  package static let silenceNanoseconds: Int64 = 5_000_000
  /// As the core has it: no device is silent for so long within a frame.
  static let pauseNanoseconds: Int64 = 500_000_000
}
