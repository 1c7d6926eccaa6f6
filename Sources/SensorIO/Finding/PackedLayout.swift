/// A guess at the numbers in packed frames. It is a beginning for a person with a data sheet: how
/// many bytes a number has, no byte says.
///
/// Values of a sensor move little from one frame to the next. Of the ways to read the bytes the
/// smoothest is taken; floats, where nearly all numbers are of a size that sensors have.
struct PackedLayout {
  let fields: [FieldSettings]
  let decoding: DecodingSettings
  /// How much the numbers move from frame to frame, as a share of what they can be: a third in
  /// noise. Below 0 for likely floats.
  let moves: Double

  /// - Parameters:
  ///   - contents: of the frames.
  ///   - from: the first byte that may belong to a number.
  /// - Returns: nil where nothing is left for a number.
  init?(_ contents: [[UInt8]], from: Int) {
    guard let shortest = contents.map({ $0.count }).min(), shortest > from else { return nil }
    let isExact = contents.allSatisfy { $0.count == shortest }
    let sample = contents.prefix(FindingLimits.linesMax)
    var best: (form: Form, cost: Double)?
    for form in Form.all(bytes: shortest - from) {
      let cost = form.cost(sample, from: from)
      if cost < best?.cost ?? .infinity { best = (form, cost) }
    }
    guard let form = best?.form, let cost = best?.cost else { return nil }
    moves = cost
    let first = from + form.skip
    let size = form.type.byteCount
    let count = (shortest - first) / size
    guard count <= FindingLimits.fieldsMax else {
      // So many numbers are samples of one field.
      var field = FieldSettings(name: "v", type: form.type)
      field.isBigEndian = form.isBigEndian
      fields = [field]
      decoding = .binary(BinarySettings(headBytes: first, samplesPerFrame: .asManyAsFit))
      return
    }
    let hasPlaces = first > 0 || !isExact
    fields = (0..<count).map { index in
      FieldSettings(
        name: count == 1 ? "value" : "v\(index + 1)",
        place: hasPlaces ? .offset(first + index * size) : nil, type: form.type,
        isBigEndian: form.isBigEndian)
    }
    decoding = .binary(BinarySettings())
  }

  /// A way to read the bytes.
  private struct Form {
    let type: FieldType
    let isBigEndian: Bool
    /// Bytes before the first number: a kind, a counter.
    let skip: Int

    static func all(bytes: Int) -> [Form] {
      var forms: [Form] = []
      for skip in 0...min(1, bytes - 1) {
        for isBigEndian in [false, true] {
          for type in [FieldType.float32, .int16, .uint16] where bytes > skip {
            guard (bytes - skip) % type.byteCount == 0 else { continue }
            forms.append(Form(type: type, isBigEndian: isBigEndian, skip: skip))
          }
        }
      }
      return forms + [Form(type: .uint8, isBigEndian: false, skip: 0)]
    }

    /// How much the numbers move, as a share of what they can be; below 0 for likely floats.
    func cost(_ contents: some Collection<[UInt8]>, from: Int) -> Double {
      // The likelier of two that are as smooth: no byte left out, words.
      let penalty = Double(skip) * 0.02 + (type == .uint8 ? 0.01 : type == .uint16 ? 0.001 : 0)
      guard type != .float32 else {
        return likelyFloats(contents, from: from) >= 0.95 ? penalty - 1 : .infinity
      }
      let size = type.byteCount
      let span = type == .uint8 ? 256.0 : 65_536.0
      var (moves, count) = (0.0, 0)
      var before: [UInt8]?
      for content in contents {
        defer { before = content }
        guard let last = before else { continue }
        let end = min(last.count, content.count)
        for place in stride(from: from + skip, through: end - size, by: size) {
          moves += abs(number(content, place) - number(last, place)) / span
          count += 1
        }
      }
      return (count == 0 ? 0 : moves / Double(count)) + penalty
    }

    /// The share of numbers that sensors have.
    private func likelyFloats(_ contents: some Collection<[UInt8]>, from: Int) -> Double {
      var (likely, count, nonZero) = (0, 0, 0)
      for content in contents {
        for place in stride(from: from + skip, through: content.count - 4, by: 4) {
          let word = content.withUnsafeBytes {
            loadUnsigned($0, at: place, byteCount: 4, isBigEndian: isBigEndian)
          }
          let value = Float(bitPattern: word)
          count += 1
          if word != 0 { nonZero += 1 }
          if word == 0 || value.isNaN || (1e-4...1e7).contains(value.magnitude) { likely += 1 }
        }
      }
      return nonZero == 0 ? 0 : Double(likely) / Double(count)
    }

    private func number(_ bytes: [UInt8], _ place: Int) -> Double {
      let word = bytes.withUnsafeBytes {
        loadUnsigned($0, at: place, byteCount: type.byteCount, isBigEndian: isBigEndian)
      }
      return type == .int16 ? Double(Int16(truncatingIfNeeded: word)) : Double(word)
    }
  }
}
