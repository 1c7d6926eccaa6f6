import CPlatform
import System
import Text

/// The folder in which the Linux kernel shows one device.
struct IIODevice {
  /// `iio:device0`.
  let number: String
  let folder: String
  let name: String

  /// An element of its scans.
  struct Element {
    /// Without `in_` and `_en`.
    let name: String
    let index: Int
    let type: ScanType
  }

  /// - Parameter wanted: a name, a label or a number.
  static func find(_ wanted: String, in places: IIOPlaces) throws(IIOError) -> IIODevice {
    let devices = all(in: places)
    if let device = devices.first(where: { $0.number.utf8.elementsEqual(wanted.utf8) }) {
      return device
    }
    let named = devices.filter { device in
      device.name.utf8.elementsEqual(wanted.utf8)
        || device.text("label")?.utf8.elementsEqual(wanted.utf8) ?? false
    }
    guard let device = named.first else {
      throw .noDevice(wanted, known: devices.map { $0.name.isEmpty ? $0.number : $0.name })
    }
    guard named.count == 1 else { throw .ambiguous(wanted, numbers: named.map { $0.number }) }
    return device
  }

  private static func all(in places: IIOPlaces) -> [IIODevice] {
    numbers("iio:device", in: places).map { number in
      let folder = "\(places.devices)/\(number)"
      return IIODevice(
        number: number, folder: folder, name: text(ofFile: "\(folder)/name") ?? "")
    }
  }

  /// The names of what can start scans.
  static func triggers(in places: IIOPlaces) -> [String] {
    numbers("trigger", in: places).compactMap { text(ofFile: "\(places.devices)/\($0)/name") }
  }

  static func numbers(_ prefix: String, in places: IIOPlaces) -> [String] {
    let names = (try? Files.names(in: places.devices)) ?? []
    return names.filter { $0.utf8.starts(with: prefix.utf8) }
  }

  /// Its driver writes all of its channels into a scan, whichever are enabled: those of HID sensors
  /// do (`hid_sensor_push_data`). The Linux kernel would take them for those that are.
  var writesAllChannels: Bool {
    Array(Files.absolute(folder).utf8).split(separator: UInt8(ascii: "/"))
      .contains { $0.starts(with: "HID-SENSOR-".utf8) }
  }

  // MARK: files

  func path(_ file: String) -> String { "\(folder)/\(file)" }

  /// The content of a file without its line end; nil where it cannot be read.
  func text(_ file: String) -> String? { Self.text(ofFile: path(file)) }

  static func text(ofFile path: String) -> String? {
    guard var bytes = try? Files.read(path, bytesMax: IIOLimits.fileBytesMax) else { return nil }
    while let last = bytes.last, last == UInt8(ascii: "\n") || last == 0 { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Writes a value that is not there yet.
  static func set(_ path: String, _ value: String) throws(IIOError) {
    guard text(ofFile: path).map({ !$0.utf8.elementsEqual(value.utf8) }) ?? true else { return }
    do throws(Files.Failure) {
      try Files.write(Array(value.utf8), to: path)
    } catch {
      switch error {
      case .system(EACCES), .system(EPERM): throw .notWritable(path: path, isReadOnly: false)
      case .system(EROFS): throw .notWritable(path: path, isReadOnly: true)
      default: throw .refused(path: path, value: value, reason: error.text)
      }
    }
  }

  /// Nobody may write the file, as its mode says: the device has that value for ever.
  static func isFixed(_ path: String) -> Bool {
    var status = stat()
    return path.withCString { stat($0, &status) } == 0 && status.st_mode & 0o222 == 0
  }

  // MARK: what it measures

  /// The elements that its scans can have, by index.
  func elements() throws(IIOError) -> [Element] {
    let folder = path("scan_elements")
    guard let names = try? Files.names(in: folder) else { throw .noBuffer(path: folder) }
    var elements: [Element] = []
    for file in names {
      guard file.utf8.starts(with: "in_".utf8), file.utf8.suffix(3).elementsEqual("_en".utf8) else {
        continue
      }
      let name = String(file.dropFirst(3).dropLast(3))
      let (type, index) = ("\(folder)/in_\(name)_type", "\(folder)/in_\(name)_index")
      let text = Self.text(ofFile: index) ?? ""
      guard let place = Digits.number(text) else { throw .unreadable(path: index, text: text) }
      let form = Self.text(ofFile: type) ?? ""
      guard let parsed = ScanType(form) else { throw .unreadable(path: type, text: form) }
      elements.append(Element(name: name, index: Int(place), type: parsed))
    }
    guard !elements.isEmpty else { throw .noBuffer(path: folder) }
    guard elements.count <= IIOLimits.elementsMax else {
      throw .unreadable(path: folder, text: "\(elements.count) channels")
    }
    return elements.sorted { $0.index < $1.index }
  }

  func isEnabled(_ element: String) -> Bool {
    text("scan_elements/in_\(element)_en")?.utf8.elementsEqual("1".utf8) ?? false
  }

  func enable(_ element: String, _ isWanted: Bool) throws(IIOError) {
    try Self.set(path("scan_elements/in_\(element)_en"), isWanted ? "1" : "0")
  }

  /// A number that the device has for one channel or for a kind of them, `scale` or `offset`: that
  /// of the narrowest name.
  func number(_ what: String, of channel: String) throws(IIOError) -> Double? {
    guard let file = file(what, of: channel) else { return nil }
    let text = text(file) ?? ""
    guard let number = Self.number(text) else { throw .unreadable(path: path(file), text: text) }
    return number
  }

  static func number(_ text: String) -> Double? {
    let bytes = Array(text.utf8)
    guard let value = bytes.withUnsafeBytes({ DecimalNumber.parse($0) }), value.isFinite else {
      return nil
    }
    return value
  }

  /// The narrowest of the files in which a device may say something of a channel; nil where there
  /// is none.
  func file(_ what: String, of channel: String) -> String? {
    Self.families(of: channel).map { "in_\($0)_\(what)" }.first { Files.kind(path($0)) == .file }
      ?? ["in_\(what)", what].first { Files.kind(path($0)) == .file }
  }

  /// A channel's name, and the names of the kinds that it is of, the narrowest first:
  /// `accel_x` and `accel`; `voltage1-voltage2` and `voltage-voltage`; `voltage0_supply`,
  /// `voltage0` and `voltage`.
  static func families(of channel: String) -> [String] {
    var families: [String] = []
    func add(_ bytes: [UInt8]) {
      let name = String(decoding: bytes, as: UTF8.self)
      if !bytes.isEmpty, !families.contains(where: { $0.utf8.elementsEqual(name.utf8) }) {
        families.append(name)
      }
    }
    var bytes = Array(channel.utf8)
    while true {
      add(bytes)
      guard let cut = bytes.lastIndex(of: UInt8(ascii: "_")) else { break }
      bytes.removeSubrange(cut...)
    }
    add(bytes.filter { !Digits.isDecimal($0) })
    return families
  }
}
