import CPlatform

/// Text on standard output and standard error.
package enum Terminal {
  /// Writes all of the text; gives up if the reader has gone.
  package static func write(_ text: String, to descriptor: Int32 = 1) {
    var text = text
    text.withUTF8 { bytes in
      try? Files.writeAll(UnsafeRawBufferPointer(bytes), to: descriptor)
    }
  }

  package static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }
}
