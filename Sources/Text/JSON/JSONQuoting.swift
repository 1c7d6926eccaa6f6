extension JSONText {
  /// `text` as a JSON string, quotes and all. For reports of the command line.
  package static func quoted(_ text: String) -> String {
    // Each byte becomes at most six.
    var bytes = [UInt8](repeating: 0, count: 6 * text.utf8.count + 2)
    return bytes.withUnsafeMutableBytes { raw in
      var writer = JSONWriter(raw)
      writer.string(text)
      return String(decoding: writer.finished!, as: UTF8.self)
    }
  }
}
