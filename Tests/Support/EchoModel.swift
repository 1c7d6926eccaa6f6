/// A bundle whose scores are its window: one RESHAPE of float32 values, so that a test knows every
/// score and sees exactly which samples were in a window.
package struct EchoModel {
  package var name = "echo"
  package var version = "1"
  package var window = 2
  package var stride = 1
  package var features = ["level"]
  /// One label for each value of the window, oldest first.
  package var labels = ["older", "newer"]
  /// An autoencoder, which gives its window back without a difference.
  package var reconstructs = false

  package init(
    name: String = "echo", version: String = "1", window: Int = 2, stride: Int = 1,
    features: [String] = ["level"], labels: [String] = ["older", "newer"]
  ) {
    self.name = name
    self.version = version
    self.window = window
    self.stride = stride
    self.features = features
    self.labels = labels
  }

  /// Writes `<models>/<name>/<version>/`.
  @discardableResult
  package func write(to folder: TestFolder, models: String = "models") throws -> String {
    let bundle = "\(models)/\(name)/\(version)"
    try folder.file("\(bundle)/model.tflite", tflite)
    try folder.file("\(bundle)/model.toml", Array(manifest.utf8))
    try folder.file("\(bundle)/golden.bin", golden)
    return "\(folder.path)/\(bundle)"
  }

  var values: Int { window * features.count }

  var manifest: String {
    let features = features.map { "{ name = '\($0)' }" }.joined(separator: ", ")
    let labels = labels.map { "'\($0)'" }.joined(separator: ", ")
    return """
      format = 1
      name = "\(name)"
      version = "\(version)"
      licence = "Apache-2.0"
      minimum_agent = "0.1.0"
      summary = "Its scores are its window."

      [input]
      rate = 50
      window = \(window)
      stride = \(stride)
      features = [\(features)]

      [output]
      \(reconstructs ? "kind = 'reconstruction'" : "labels = [\(labels)]")

      """
  }

  var golden: [UInt8] {
    var sample: [UInt8] = []
    for value in 0..<values { sample += littleEndian(Float(value).bitPattern) }
    let words = [1, 1, UInt32(sample.count), UInt32(sample.count)]
    return Array("EAGOLDEN".utf8) + words.flatMap(littleEndian) + sample + sample
  }

  package var tflite: [UInt8] { tflite(outputs: [1]) }

  package func tflite(outputs: [UInt32]) -> [UInt8] {
    let float32 = Flat.byte(0)
    let (reshape, noBuffer) = (UInt8(22), Flat.word(0))
    let input = Flat.table([
      .words([1, UInt32(window), UInt32(features.count)]), float32, noBuffer, .text("window"),
    ])
    let output = Flat.table([.words([1, UInt32(values)]), float32, noBuffer, .text("scores")])
    let node = Flat.table([.word(0), .words([0]), .words([1])])
    let graph = Flat.table([
      .tables([input, output]), .words([0]), .words(outputs), .tables([node]),
    ])
    let code = Flat.table([.byte(reshape), nil, .word(1), .word(UInt32(reshape))])
    let model = Flat.table([
      .word(3), .tables([code]), .tables([graph]), .text(name), .tables([.table([])]),
    ])
    return model.file(identifier: "TFL3")
  }
}

/// A FlatBuffer as a value. It is written from the root on, so that every reference points
/// forwards.
indirect enum Flat {
  case byte(UInt8)
  case word(UInt32)
  case words([UInt32])
  case text(String)
  case tables([Flat])
  /// Slots in the schema's order; nil is the default.
  case table([Flat?])

  func file(identifier: String) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 4) + Array(identifier.utf8)
    let root = put(into: &bytes)
    patch(&bytes, at: 0, root)
    return bytes
  }

  /// - Returns: the place where it begins.
  private func put(into bytes: inout [UInt8]) -> Int {
    while bytes.count % 4 != 0 { bytes.append(0) }
    switch self {
    case .byte, .word: preconditionFailure("stands in its table")
    case .words(let words):
      defer { bytes += ([UInt32(words.count)] + words).flatMap(littleEndian) }
      return bytes.count
    case .text(let text):
      defer { bytes += littleEndian(UInt32(text.utf8.count)) + Array(text.utf8) + [0] }
      return bytes.count
    case .tables(let tables):
      let start = bytes.count
      bytes += littleEndian(UInt32(tables.count))
      bytes += [UInt8](repeating: 0, count: 4 * tables.count)
      for (index, table) in tables.enumerated() {
        let place = start + 4 + 4 * index
        patch(&bytes, at: place, table.put(into: &bytes) - place)
      }
      return start
    case .table(let slots): return putTable(slots, into: &bytes)
    }
  }

  /// Writes the vtable, then the table with four bytes for each slot, then the objects to which the
  /// slots refer.
  private func putTable(_ slots: [Flat?], into bytes: inout [UInt8]) -> Int {
    let vtable = bytes.count
    let sizes = [4 + 2 * slots.count, 4 + 4 * slots.count]
    let offsets = slots.enumerated().map { $1 == nil ? 0 : 4 + 4 * $0 }
    for value in sizes + offsets { bytes += [UInt8(value & 0xFF), UInt8(value >> 8)] }
    while bytes.count % 4 != 0 { bytes.append(0) }
    let table = bytes.count
    bytes += littleEndian(UInt32(table - vtable))
    bytes += [UInt8](repeating: 0, count: 4 * slots.count)
    for (index, slot) in slots.enumerated() {
      let place = table + 4 + 4 * index
      switch slot {
      case nil: break
      case .byte(let value)?: bytes[place] = value
      case .word(let value)?: patch(&bytes, at: place, Int(value))
      case let child?: patch(&bytes, at: place, child.put(into: &bytes) - place)
      }
    }
    return table
  }

  private func patch(_ bytes: inout [UInt8], at place: Int, _ value: Int) {
    bytes.replaceSubrange(place..<place + 4, with: littleEndian(UInt32(value)))
  }
}

package func littleEndian(_ value: UInt32) -> [UInt8] {
  (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
}
