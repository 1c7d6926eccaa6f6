import CPlatform
import System
import Text

/// A device of the Linux kernel's Industrial I/O whose scans come through its buffer, each started
/// by a trigger. The agent sets it up as its files in sysfs say, and stops it when it closes it.
/// `ScanReader` says which frames come.
package enum IIOPort {
  /// Sets the device up and starts it. What has its value already is not written.
  @export(interface)
  package static func open(
    _ settings: IIOSettings, in places: IIOPlaces = IIOPlaces()
  ) throws(PortError) -> Descriptor {
    let setup: IIOSetup
    do throws(IIOError) {
      setup = try IIOSetup(settings, in: places)
    } catch {
      throw .iio(error)
    }
    // The Linux kernel lets one program have it at a time: from here on nobody else starts it.
    let path = "\(places.nodes)/\(setup.device.number)"
    let descriptor: Descriptor
    do throws(SystemError) {
      descriptor = try openDescriptor(path: path, flags: O_RDONLY, device: setup.reader)
    } catch {
      throw .from(error, path: path)
    }
    do throws(IIOError) {
      try setup.start()
    } catch {
      throw .iio(error)
    }
    return descriptor
  }
}

/// Writes what a device needs to measure as wanted.
struct IIOSetup {
  static let timeName = "timestamp"
  private static let rateName = "sampling_frequency"

  private typealias Element = IIODevice.Element
  /// One value of an element.
  private typealias Channel = (element: Element, value: Int)

  let device: IIODevice
  let reader: ScanReader
  private let settings: IIOSettings
  private let places: IIOPlaces
  /// All that the device has, and for each whether a scan has it.
  private let elements: [Element]
  private let isOn: [Bool]
  private let channels: [Channel]

  /// Looks at the device, and writes nothing.
  init(_ settings: IIOSettings, in places: IIOPlaces) throws(IIOError) {
    (self.settings, self.places) = (settings, places)
    device = try IIODevice.find(settings.device, in: places)
    elements = try device.elements()
    let all = elements.filter { $0.name != Self.timeName }.flatMap { Self.channels(of: $0) }
    var channels: [Channel] = []
    for name in settings.channels.isEmpty ? all : settings.channels {
      channels.append(try Self.channel(name, among: elements, of: device, all: all))
    }
    self.channels = channels
    let isAllOn = device.writesAllChannels
    isOn = elements.map { element in
      isAllOn || element.name == Self.timeName
        || channels.contains { $0.element.name == element.name }
    }
    let enabled = zip(elements, isOn).filter { $0.1 }.map { $0.0 }
    reader = try Self.reader(of: device, channels, enabled)
  }

  /// Starts the device. It is open, so nobody else does.
  func start() throws(IIOError) {
    try takeOver()
    let clock = device.path("current_timestamp_clock")
    if Files.kind(clock) == .file { try IIODevice.set(clock, "boottime") }
    for isWanted in [false, true] {
      for (element, isThisOn) in zip(elements, isOn) where isThisOn == isWanted {
        try device.enable(element.name, isWanted)
      }
    }
    let hasTrigger = try setTrigger()
    try setRate()
    try setBuffer()
    try enable(hasTrigger: hasTrigger)
    reader.started(watermark: device.text("buffer/watermark").flatMap { Int($0) })
  }

  /// The names of an element's values: `accel_x`, or `rot_quaternion[0]` to `rot_quaternion[3]`.
  static func channels(of element: IIODevice.Element) -> [String] {
    let count = element.type.repeats
    return count == 1 ? [element.name] : (0..<count).map { "\(element.name)[\($0)]" }
  }

  private static func channel(
    _ text: String, among elements: [Element], of device: IIODevice, all: [String]
  ) throws(IIOError) -> Channel {
    let (name, value) = parts(of: text)
    guard name != timeName, let element = elements.first(where: { $0.name == name }) else {
      throw .noChannel(text, device: device.number, known: all)
    }
    let count = element.type.repeats
    guard value ?? 0 < count, value != nil || count == 1 else { throw .element(name, count: count) }
    return (element, value ?? 0)
  }

  /// `rot_quaternion[2]` is the third value of `rot_quaternion`.
  private static func parts(of channel: String) -> (name: String, value: Int?) {
    let bytes = channel.utf8
    guard bytes.last == UInt8(ascii: "]"), let open = bytes.lastIndex(of: UInt8(ascii: "[")),
      let value = Digits.number(String(channel[bytes.index(after: open)...].dropLast()))
    else { return (channel, nil) }
    return (String(channel[..<open]), Int(value))
  }

  /// - Parameter enabled: all that a scan has.
  private static func reader(
    of device: IIODevice, _ channels: [Channel], _ enabled: [Element]
  ) throws(IIOError) -> ScanReader {
    // The Linux kernel puts the time last, whatever its index is.
    guard
      let layout = ScanLayout(enabled.map { ($0.name == timeName ? .max : $0.index, $0.type) }),
      layout.byteCount <= IIOLimits.scanBytesMax
    else { throw .unreadable(path: device.path("scan_elements"), text: "in_*_type") }
    var fields: [ScanReader.Field] = []
    for (element, value) in channels {
      let place = enabled.firstIndex { $0.name == element.name }!
      fields.append(
        ScanReader.Field(
          packed: element.type.field(at: layout.offsets[place], value: value),
          scale: try device.number("scale", of: element.name) ?? 1,
          offset: try device.number("offset", of: element.name) ?? 0))
    }
    var times: [PackedField] = []
    if let place = enabled.firstIndex(where: { $0.name == timeName }) {
      let type = enabled[place].type
      times = layout.times(layout.offsets[place], size: type.byteCount).map {
        type.field(at: $0, value: 0)
      }
    }
    return ScanReader(
      fields, times: times, scanBytes: layout.byteCount, enableFile: device.path("buffer/enable"))
  }

  // MARK: what is written

  /// A device that runs, and that nobody reads: an agent that was killed has left it so, if its
  /// channels are the same.
  private func takeOver() throws(IIOError) {
    let path = device.path("buffer/enable")
    guard IIODevice.text(ofFile: path)?.utf8.elementsEqual("1".utf8) ?? false else { return }
    for (element, isThisOn) in zip(elements, isOn)
    where device.isEnabled(element.name) != isThisOn {
      throw .running(path: path)
    }
    try IIODevice.set(path, "0")
  }

  /// - Returns: false where nothing starts a scan but the device itself.
  private func setTrigger() throws(IIOError) -> Bool {
    let path = device.path("trigger/current_trigger")
    let known = IIODevice.triggers(in: places)
    guard Files.kind(path) == .file else {
      if settings.trigger != nil { throw .noTrigger(path: path, known: []) }
      return true
    }
    if let trigger = settings.trigger {
      guard known.contains(where: { $0.utf8.elementsEqual(trigger.utf8) }) else {
        throw .noTrigger(path: path, known: known)
      }
      try IIODevice.set(path, trigger)
      return true
    }
    if !(IIODevice.text(ofFile: path) ?? "").isEmpty { return true }
    // By custom a device's own trigger is called so.
    let own = "\(device.name)-dev\(device.number.dropFirst("iio:device".utf8.count))"
    guard known.contains(where: { $0.utf8.elementsEqual(own.utf8) }) else { return false }
    try IIODevice.set(path, own)
    return true
  }

  /// The device's own rate, that of its channels, and its trigger's: as far as they have one. What
  /// the trigger's says counts, and then the others need only be fast enough for it.
  private func setRate() throws(IIOError) {
    var paths: [String] = []
    for (element, _) in channels {
      guard let file = device.file(Self.rateName, of: element.name) else { continue }
      let path = device.path(file)
      if !paths.contains(where: { $0.utf8.elementsEqual(path.utf8) }) { paths.append(path) }
    }
    let pace = triggerRate()
    for path in paths { try setRate(path, mayBeFaster: pace != nil) }
    if let pace { try setRate(pace, mayBeFaster: false) }
  }

  private func setRate(_ path: String, mayBeFaster: Bool) throws(IIOError) {
    let text = IIODevice.text(ofFile: path) ?? ""
    let excess = IIODevice.number(text).map { $0 - settings.hertz }
    // Drivers round a rate to what their clock can do.
    let tolerance = settings.hertz / 100
    if let excess, excess.magnitude <= tolerance { return }
    let isEnough = mayBeFaster && excess ?? -.infinity >= 0
    if IIODevice.isFixed(path) {
      guard isEnough else { throw .rate(path: path, hertz: settings.hertz, able: text) }
      return
    }
    do throws(IIOError) {
      try IIODevice.set(path, IIOError.number(settings.hertz))
    } catch {
      guard case .refused = error else { throw error }
      guard !isEnough else { return }
      throw .rate(
        path: path, hertz: settings.hertz,
        able: IIODevice.text(ofFile: "\(path)_available") ?? "")
    }
  }

  /// The trigger's file with its rate; nil where there is none.
  private func triggerRate() -> String? {
    guard let name = device.text("trigger/current_trigger"), !name.isEmpty else { return nil }
    let path = IIODevice.numbers("trigger", in: places).map { "\(places.devices)/\($0)" }
      .first { IIODevice.text(ofFile: "\($0)/name")?.utf8.elementsEqual(name.utf8) ?? false }
      .map { "\($0)/\(Self.rateName)" }
    return path.flatMap { Files.kind($0) == .file ? $0 : nil }
  }

  /// Scans come one after the other for as long as the device runs. Others come by an event, such
  /// as a pin or a change that a HID sensor reports, and the next may be far away.
  private var isPaced: Bool {
    guard !device.writesAllChannels else { return false }
    guard let name = device.text("trigger/current_trigger"), !name.isEmpty, triggerRate() == nil
    else { return true }
    // By custom a device's own triggers that tell of each value are called so.
    return name.utf8.starts(with: "\(device.name)-dev".utf8)
      || name.utf8.elementsEqual("\(device.name)-trigger".utf8)
  }

  /// How many scans the Linux kernel keeps, and after how many it wakes the agent. A buffer with
  /// values of its own, as those that the hardware fills, keeps them.
  private func setBuffer() throws(IIOError) {
    let kept = IIOLimits.scansKept
    let length = min(max(Int(settings.hertz / 2), kept.lowerBound), kept.upperBound)
    let scans = isPaced ? Int(settings.hertz / IIOLimits.wakeupsPerSecond) : 1
    let watermark = min(max(scans, 1), length / 2)
    // The length first: with a smaller one the Linux kernel makes the watermark smaller too.
    for (file, value) in [("length", length), ("watermark", watermark)] {
      let path = device.path("buffer/\(file)")
      guard Files.kind(path) != .missing, !IIODevice.isFixed(path) else { continue }
      do throws(IIOError) {
        try IIODevice.set(path, "\(value)")
      } catch {
        guard case .refused = error else { throw error }
      }
    }
  }

  private func enable(hasTrigger: Bool) throws(IIOError) {
    do throws(IIOError) {
      try IIODevice.set(device.path("buffer/enable"), "1")
    } catch {
      guard case .refused = error, !hasTrigger else { throw error }
      throw .noTrigger(
        path: device.path("trigger/current_trigger"), known: IIODevice.triggers(in: places))
    }
  }
}
