import Text

/// How one element of a scan is stored, as the Linux kernel says it in `in_…_type`:
///
///     le:s12/16X4>>3
///     │  ││  │ │  └ the bits are so many places above the lowest; none without it
///     │  ││  │ └ so many values of that form behind each other; one without it
///     │  ││  └ the bits in which a value is stored
///     │  │└ the bits of the value itself
///     │  └ s: two's complement, u: unsigned, f: IEEE 754
///     └ le or be
///
/// (Documentation/ABI/testing/sysfs-bus-iio.)
struct ScanType: Equatable, Sendable {
  enum Number: Equatable, Sendable { case signed, unsigned, float }

  var isBigEndian: Bool
  var number: Number
  /// 1...64, and not beyond the storage with `shift`.
  var bits: Int
  /// Of one value: 1, 2, 4 or 8.
  var storageBytes: Int
  /// 1...`IIOLimits.repeatsMax`.
  var repeats = 1
  var shift = 0

  /// Of all its values: what the kernel aligns it to.
  var byteCount: Int { storageBytes * repeats }

  /// Where one value of it stands.
  ///
  /// - Parameter offset: the element's first byte in a scan.
  func field(at offset: Int, value: Int) -> PackedField {
    let first = offset + value * storageBytes
    if number == .float {
      let type: FieldType = bits == 64 ? .float64 : bits == 32 ? .float32 : .float16
      return PackedField(
        FieldSettings(name: "", type: type, isBigEndian: isBigEndian), at: first)
    }
    let isSigned = number == .signed
    guard isBigEndian else {
      return PackedField(
        start: 8 * first + shift, length: bits, order: .intel, isSigned: isSigned)
    }
    // Motorola's order begins with the highest bit.
    let high = shift + bits - 1
    return PackedField(
      start: 8 * (first + storageBytes - 1 - high / 8) + high % 8, length: bits, order: .motorola,
      isSigned: isSigned)
  }
}

extension ScanType {
  /// Nil for a text that is no such type, or one that no value of 64 bits can hold.
  init?(_ text: String) {
    var rest = Substring(text).utf8
    func take(_ word: StaticString) -> Bool {
      let bytes = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
      guard rest.starts(with: bytes) else { return false }
      rest = rest.dropFirst(bytes.count)
      return true
    }
    func number() -> Int? {
      let digits = rest.prefix { Digits.isDecimal($0) }
      rest = rest.dropFirst(digits.count)
      // No number of a type has more.
      guard (1...3).contains(digits.count) else { return nil }
      return Int(String(decoding: digits, as: UTF8.self))
    }
    if take("le:") {
      isBigEndian = false
    } else if take("be:") {
      isBigEndian = true
    } else {
      return nil
    }
    if take("s") {
      self.number = .signed
    } else if take("u") {
      self.number = .unsigned
    } else if take("f") {
      self.number = .float
    } else {
      return nil
    }
    guard let bits = number(), take("/"), let storage = number() else { return nil }
    if take("X") {
      guard let count = number() else { return nil }
      repeats = count
    }
    if take(">>") {
      guard let places = number() else { return nil }
      shift = places
    }
    (self.bits, storageBytes) = (bits, storage / 8)
    let isStored = [8, 16, 32, 64].contains(storage)
    guard rest.isEmpty, isStored, bits >= 1, shift + bits <= storage,
      (1...IIOLimits.repeatsMax).contains(repeats)
    else { return nil }
    if self.number == .float {
      guard bits == storage, bits >= 16, shift == 0 else { return nil }
    }
  }
}
