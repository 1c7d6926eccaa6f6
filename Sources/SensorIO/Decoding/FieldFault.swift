/// Why a field has no value in a sample.
package enum FieldFault: UInt8, CaseIterable, BitwiseCopyable, Sendable {
  case nan
  /// An infinity, or a number out of the range of a Float.
  case infinite
  /// JSON's null, or the word.
  case null
  /// A cell without text, or nothing where a JSON value should be.
  case empty
  /// The frame has no such column, label, member or bytes.
  case missing
  /// Something that is no number.
  case text
  /// A declared value that means `no value`, or a sentence that says so of all its values.
  case invalid
  /// Out of the declared range.
  case range
  /// The sensor has not yet warmed up.
  case warmUp
  /// The last good value has been held for as long as it may be; that counts beside the fault of
  /// the value itself. Or a joined sensor has brought none yet, or none of late.
  case old
}
