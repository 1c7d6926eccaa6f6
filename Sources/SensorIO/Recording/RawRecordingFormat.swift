/// The file of a raw recording: what a port or a sensor brought, byte for byte, with the times of
/// arrival. docs/recording.md describes it for other programs; every number is little-endian.
///
///     file    magic, version, block…
///     block   kind u32, byte count u32, body, CRC-32 u32 of all three
///     body    of a chunk: item…      of the head: TOML      of the end: totals
///     item    arrival i64, stream u16, byte count u16, bytes
package enum RawRecordingFormat {
  /// No text begins so: a reader of CSV and a reader of this never take each other's files.
  static let magic: [UInt8] = [0x89] + Array("EAREC\r\n".utf8)
  static let version: UInt32 = 1

  /// A block of another kind comes from a later version, and is passed over.
  enum Block: UInt32 {
    case head = 1
    /// Items are what one read of a port gave.
    case bytes = 2
    /// Items are whole frames, as a framer hands them on.
    case frames = 3
    case end = 4
    /// Without a body: what came here was written over before it was copied.
    case hole = 5
  }

  static let prologBytes = 12
  /// Of a block, around its body.
  static let blockBytes = 12
  /// Of an item, before its bytes.
  package static let itemBytes = 12
  /// Items, their bytes, and the time from the begin to the end.
  static let endBytes = 24

  /// Whether a file of these first bytes is a raw recording, perhaps a damaged one.
  package static func begins(_ bytes: some Sequence<UInt8>) -> Bool {
    bytes.starts(with: magic)
  }
}

/// Bounds of a raw recording. A reader refuses what is beyond them.
package enum RawRecordingLimits {
  /// A sensor of 32 fields with all their keys takes some 12 KiB.
  package static let headBytesMax = 32 * 1024
  /// What the core reads of a port at once.
  package static let itemBytesMax = 4096
  /// Producers of one socket at the same time.
  package static let streamsMax = 4
  /// A chunk ends when it has so many bytes of items: a power cut costs no more than these, and the
  /// frames of a chunk share its 12 bytes.
  static let chunkBytes = 4096
  /// One item more than that.
  static let chunkBytesMax = chunkBytes + itemBytesMax + RawRecordingFormat.itemBytes
  /// A file is read whole. An hour of a line at 115 200 baud has 41 MB.
  package static let fileBytesMax = 64 << 20
  /// A day. A replay goes through the time in steps of a fifth of a second.
  package static let nanosecondsMax: Int64 = 24 * 3_600_000_000_000
}

/// Why a raw recording cannot be read at all.
package enum RawRecordingError: Error, Equatable, Sendable {
  case notRaw
  /// A later version wrote it.
  case version(UInt32)
  /// The head is cut or damaged: nothing says how to read what follows.
  case headDamaged
}
