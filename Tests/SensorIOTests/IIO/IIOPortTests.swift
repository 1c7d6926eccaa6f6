import CPlatform
import TestSupport
import Testing

@testable import SensorIO
@testable import System

/// Goal: a device of the Linux kernel's Industrial I/O is set up as its files say, and what keeps
/// it from starting is told with the file and the remedy.
/// Method: folders as in /sys/bus/iio/devices, and a named pipe in the place of a device's node. A
/// real driver is in Tests/board.
@Suite struct IIOPortTests {
  private let folder = TestFolder()
  private var places: IIOPlaces {
    IIOPlaces(devices: "\(folder.path)/sys", nodes: "\(folder.path)/dev")
  }

  init() throws {
    try folder.file("dev/null")
    try device("iio:device0", "adc")
    try device("iio:device3", "accel_3d")
    try trigger("trigger0", "accel_3d-dev3")
    try trigger("trigger1", "clock")
  }

  private func device(_ number: String, _ name: String) throws {
    let files: [(String, String)] = [
      ("name", name), ("current_timestamp_clock", "realtime"), ("in_accel_scale", "0.5"),
      ("in_accel_y_scale", "0.25"), ("in_accel_offset", "-4"), ("sampling_frequency", "10.000000"),
      ("sampling_frequency_available", "10 20 50"), ("buffer/enable", "0"),
      ("buffer/length", "2"), ("buffer/watermark", "1"), ("trigger/current_trigger", ""),
      ("scan_elements/in_accel_x_en", "0"), ("scan_elements/in_accel_x_type", "le:s16/16>>0"),
      ("scan_elements/in_accel_x_index", "0"), ("scan_elements/in_accel_y_en", "1"),
      ("scan_elements/in_accel_y_type", "be:s12/16>>4"), ("scan_elements/in_accel_y_index", "1"),
      ("scan_elements/in_accel_z_en", "1"), ("scan_elements/in_accel_z_type", "le:s16/16>>0"),
      ("scan_elements/in_accel_z_index", "2"), ("scan_elements/in_rot_quaternion_en", "0"),
      ("scan_elements/in_rot_quaternion_type", "le:s16/16X4>>0"),
      ("scan_elements/in_rot_quaternion_index", "3"), ("scan_elements/in_timestamp_en", "0"),
      ("scan_elements/in_timestamp_type", "le:s64/64>>0"),
      ("scan_elements/in_timestamp_index", "4"),
    ]
    for (path, text) in files { try folder.file("sys/\(number)/\(path)", "\(text)\n") }
    #expect(mkfifo("\(folder.path)/dev/\(number)", 0o600) == 0)
  }

  private func trigger(_ number: String, _ name: String) throws {
    try folder.file("sys/\(number)/name", "\(name)\n")
  }

  private func text(_ file: String, of number: String = "iio:device3") -> String {
    folder.text("sys/\(number)/\(file)")
  }

  private func settings(
    _ channels: [String] = ["accel_y", "accel_x"], device: String = "accel_3d"
  ) -> IIOSettings {
    IIOSettings(device: device, channels: channels, hertz: 50)
  }

  private func fault(_ settings: IIOSettings) -> PortError? {
    do throws(PortError) {
      _ = try IIOPort.open(settings, in: places)
      return nil
    } catch {
      return error
    }
  }

  private func open(_ settings: IIOSettings) throws -> (Descriptor, Descriptor) {
    let descriptor = try IIOPort.open(settings, in: places)
    let number = try IIODevice.find(settings.device, in: places).number
    return (descriptor, Descriptor(owning: cp_open("\(folder.path)/dev/\(number)", O_WRONLY, 0)))
  }

  private func values(_ bytes: [UInt8]) -> [Double] {
    stride(from: 0, to: bytes.count, by: 8).map { place in
      Double(
        bitPattern: (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) })
    }
  }

  @Test func `a device is set up, read, and stopped when it is closed`() throws {
    do {
      let (descriptor, kernel) = try open(settings())
      #expect(text("scan_elements/in_accel_x_en") == "1")
      #expect(text("scan_elements/in_accel_y_en") == "1\n")
      #expect(text("scan_elements/in_accel_z_en") == "0")
      #expect(text("scan_elements/in_timestamp_en") == "1")
      #expect(text("current_timestamp_clock") == "boottime")
      #expect(text("trigger/current_trigger") == "accel_3d-dev3")
      #expect(text("sampling_frequency") == "50")
      #expect(text("buffer/length") == "25")
      #expect(text("buffer/watermark") == "1\n")
      #expect(text("buffer/enable") == "1")
      #expect(text("buffer/enable", of: "iio:device0") == "0\n")
      // x = 6; y = −3 in twelve bits, the high byte first; four bytes of nothing; the time. Each
      // minus 4, times its scale.
      let scan: [UInt8] = [6, 0, 0xFF, 0xD5, 9, 9, 9, 9, 0, 1, 0, 0, 0, 0, 0, 0]
      try kernel.send(scan)
      let bytes = try descriptor.receiveOnce().bytes
      #expect(values(Array(bytes.prefix(16))) == [-1.75, 1])
      #expect(Array(bytes.suffix(8)) == [0, 1, 0, 0, 0, 0, 0, 0])
    }
    #expect(text("buffer/enable") == "0")
  }

  @Test func `the Linux kernel keeps half a second, and wakes the agent 50 times in one`() throws {
    for (hertz, length, watermark) in [
      (0.1, "16", "1"), (32, "16", "1"), (60, "30", "1"), (100, "50", "2"), (1000, "500", "20"),
      (100_000, "50000", "2000"),
    ] {
      var settings = settings()
      settings.hertz = hertz
      let opened = try open(settings)
      #expect(
        text("buffer/length") == length
          && text("buffer/watermark").prefix { $0 != "\n" } == watermark)
      _ = opened
    }
  }

  @Test func `a scan that comes by an event wakes the agent`() throws {
    var settings = settings()
    settings.hertz = 1000
    func watermark() throws -> String {
      let opened = try open(settings)
      defer { _ = opened }
      return String(text("buffer/watermark").prefix { $0 != "\n" })
    }
    #expect(try watermark() == "20")
    try trigger("trigger2", "accel_3d-any-motion-dev3")
    try trigger("trigger3", "accel_3d-trigger")
    for (name, scans) in [
      ("clock", "1"), ("accel_3d-trigger", "20"), ("accel_3d-any-motion-dev3", "1"),
    ] {
      settings.trigger = name
      #expect(try watermark() == scans)
    }
    settings.trigger = "clock"
    try folder.file("sys/trigger1/sampling_frequency", "100\n")
    #expect(try watermark() == "20")
    settings.trigger = nil
    TestFolder.remove("\(folder.path)/sys/iio:device3/trigger")
    #expect(try watermark() == "20")
    // A HID sensor reports changes.
    let path = "\(folder.path)/sys/iio:device3"
    let home = "\(folder.path)/HID-SENSOR-200073.1.auto"
    #expect(mkdir(home, 0o700) == 0)
    #expect(rename(path, "\(home)/iio:device3") == 0)
    #expect(symlink("\(home)/iio:device3", path) == 0)
    #expect(try watermark() == "1")
  }

  @Test func `a rate that the device has for ever is told`() throws {
    let path = "\(folder.path)/sys/iio:device3/sampling_frequency"
    #expect(chmod(path, 0o444) == 0)
    #expect(fault(settings()) == .iio(.rate(path: path, hertz: 50, able: "10.000000")))
    var settings = settings()
    settings.hertz = 10.05
    #expect(fault(settings) == nil)
  }

  @Test func `a device that a slower trigger asks may be faster`() throws {
    var settings = settings()
    (settings.trigger, settings.hertz) = ("clock", 10)
    let path = "\(folder.path)/sys/iio:device3/sampling_frequency"
    try folder.file("sys/iio:device3/sampling_frequency", "100\n")
    try folder.file("sys/trigger1/sampling_frequency", "100\n")
    #expect(chmod(path, 0o444) == 0)
    do {
      let opened = try open(settings)
      #expect(text("sampling_frequency", of: "trigger1") == "10")
      #expect(text("sampling_frequency") == "100\n")
      _ = opened
    }
    // But not slower, and not where nothing else gives the rate.
    settings.hertz = 200
    #expect(fault(settings) == .iio(.rate(path: path, hertz: 200, able: "100")))
    settings.hertz = 10
    folder.remove("sys/trigger1/sampling_frequency")
    #expect(fault(settings) == .iio(.rate(path: path, hertz: 10, able: "100")))
    // A trigger that has another rate for ever is no such trigger.
    let pace = "\(folder.path)/sys/trigger1/sampling_frequency"
    try folder.file("sys/trigger1/sampling_frequency", "100\n")
    #expect(chmod(pace, 0o444) == 0)
    #expect(fault(settings) == .iio(.rate(path: pace, hertz: 10, able: "100")))
  }

  @Test func `a buffer with a length and a watermark of its own keeps them`() throws {
    for (file, value) in [("length", "4096"), ("watermark", "3")] {
      try folder.file("sys/iio:device3/buffer/\(file)", "\(value)\n")
      #expect(chmod("\(folder.path)/sys/iio:device3/buffer/\(file)", 0o444) == 0)
    }
    let (descriptor, kernel) = try open(settings())
    #expect(text("buffer/length") == "4096\n" && text("buffer/watermark") == "3\n")
    #expect(text("buffer/enable") == "1")
    // One read takes no more than that watermark.
    try kernel.send([UInt8](repeating: 1, count: 4 * 16))
    #expect(try descriptor.receiveOnce().bytes.count == 3 * 24)
    #expect(try descriptor.receiveOnce().bytes.count == 24)
  }

  @Test func `no value is written that is there already`() throws {
    let files = [
      "scan_elements/in_accel_x_en": "1", "scan_elements/in_accel_y_en": "1",
      "scan_elements/in_accel_z_en": "0", "scan_elements/in_timestamp_en": "1",
      "current_timestamp_clock": "boottime", "trigger/current_trigger": "accel_3d-dev3",
      "sampling_frequency": "200.000000", "buffer/length": "100", "buffer/watermark": "4",
    ]
    for (file, value) in files { try folder.file("sys/iio:device3/\(file)", "\(value)\n") }
    var settings = settings()
    settings.hertz = 200
    let opened = try open(settings)
    // What the agent writes has no line end.
    for (file, value) in files { #expect(text(file) == "\(value)\n", "\(file)") }
    _ = opened
  }

  @Test func `a driver of HID sensors writes all channels, whichever are enabled`() throws {
    let path = "\(folder.path)/sys/iio:device3"
    let home = "\(folder.path)/HID-SENSOR-200073.1.auto"
    #expect(mkdir(home, 0o700) == 0)
    #expect(rename(path, "\(home)/iio:device3") == 0)
    #expect(symlink("\(home)/iio:device3", path) == 0)
    let (descriptor, kernel) = try open(settings())
    #expect(text("scan_elements/in_accel_z_en") == "1\n")
    #expect(text("scan_elements/in_rot_quaternion_en") == "1")
    // x, y, z, two bytes of nothing, four values as one, the time.
    try kernel.send([6, 0, 0xFF, 0xD0] + [UInt8](repeating: 9, count: 4 + 8 + 8))
    #expect(try values(Array(descriptor.receiveOnce().bytes.prefix(16))) == [-1.75, 1])
  }

  @Test func `it is opened again after it was unplugged`() throws {
    var (descriptor, kernel): (Descriptor?, Descriptor?) = (nil, nil)
    (descriptor, kernel) = try open(settings())
    kernel = nil
    #expect(try descriptor!.receiveOnce().result == .end)
    // Its folder is gone before the agent closes it.
    TestFolder.remove("\(folder.path)/sys/iio:device3")
    folder.remove("dev/iio:device3")
    descriptor = nil
    #expect(
      fault(settings()) == .iio(.noDevice("accel_3d", known: ["adc"])))
    // It comes back with another number, but the same name.
    try device("iio:device1", "accel_3d")
    (descriptor, kernel) = try open(settings())
    #expect(text("buffer/enable", of: "iio:device1") == "1")
    #expect(kernel != nil)
  }

  @Test func `a device is found by its name, its label or its number`() throws {
    try folder.file("sys/iio:device0/label", "shaft\n")
    for (name, number) in [
      ("accel_3d", "iio:device3"), ("iio:device3", "iio:device3"), ("shaft", "iio:device0"),
      ("adc", "iio:device0"),
    ] {
      #expect(try IIODevice.find(name, in: places).number == number)
    }
    try device("iio:device5", "accel_3d")
    #expect(
      fault(settings())
        == .iio(.ambiguous("accel_3d", numbers: ["iio:device3", "iio:device5"])))
    #expect(
      fault(settings(device: "iio:device9"))
        == .iio(.noDevice("iio:device9", known: ["adc", "accel_3d", "accel_3d"])))
  }

  @Test func `values of one element are told apart`() throws {
    let (descriptor, kernel) = try open(settings(["rot_quaternion[2]", "rot_quaternion[0]"]))
    try kernel.send([1, 0, 2, 0, 3, 0, 4, 0] + [UInt8](repeating: 0, count: 8))
    #expect(try values(Array(descriptor.receiveOnce().bytes.prefix(16))) == [3, 1])
    #expect(
      try IIODescription.of("adc", in: places).channels.map { $0.name }
        == [
          "accel_x", "accel_y", "accel_z", "rot_quaternion[0]", "rot_quaternion[1]",
          "rot_quaternion[2]", "rot_quaternion[3]",
        ])
    for channel in ["rot_quaternion", "rot_quaternion[4]", "rot_quaternion[99999999999]"] {
      #expect(
        fault(settings([channel], device: "adc")) == .iio(.element("rot_quaternion", count: 4)))
    }
    #expect(fault(settings(["accel_x[1]"], device: "adc")) == .iio(.element("accel_x", count: 1)))
  }

  @Test func `the time behind a quaternion of 16 bytes is in the last eight`() throws {
    try folder.file("sys/iio:device3/scan_elements/in_rot_quaternion_type", "le:s16/32X4>>0\n")
    let (descriptor, kernel) = try open(settings(["rot_quaternion[1]"]))
    var scan = [UInt8](repeating: 0, count: 32)
    (scan[4], scan[16], scan[24], scan[31]) = (3, 5, 9, 1)
    try kernel.send(scan)
    let bytes = try descriptor.receiveOnce().bytes
    #expect(values(Array(bytes.prefix(8))) == [3])
    #expect(Array(bytes.suffix(8)) == [9, 0, 0, 0, 0, 0, 0, 1])
  }

  @Test(arguments: ["accel_w", "timestamp", "", "accel_x[", "accel_x]", "accel_x[-1]", "accel"])
  func `a channel that is not there is told with those that there are`(channel: String) {
    guard case .iio(.noChannel(let name, let device, let known))? = fault(settings([channel]))
    else {
      Issue.record("\(channel) was taken")
      return
    }
    #expect(name == channel && device == "iio:device3")
    #expect(known.prefix(2) == ["accel_x", "accel_y"] && !known.contains("timestamp"))
    #expect(text("buffer/enable") == "0\n")
  }

  @Test func `a device that somebody else has started is left alone`() throws {
    try folder.file("sys/iio:device3/buffer/enable", "1\n")
    let path = "\(folder.path)/sys/iio:device3/buffer/enable"
    #expect(fault(settings()) == .iio(.running(path: path)))
    #expect(text("buffer/enable") == "1\n")
    let message = fault(settings())?.message ?? ""
    #expect(message.contains(path) && message.contains("write 0 there"), "\(message)")
    // With the agent's own channels it is what a killed agent has left.
    for (file, value) in [("accel_x", "1"), ("accel_z", "0"), ("timestamp", "1")] {
      try folder.file("sys/iio:device3/scan_elements/in_\(file)_en", "\(value)\n")
    }
    let (descriptor, _) = try open(settings())
    #expect(text("buffer/enable") == "1")
    descriptor.stopDevice()
    #expect(text("buffer/enable") == "0")
    // What somebody else starts after that is theirs.
    try folder.file("sys/iio:device3/buffer/enable", "1\n")
    withExtendedLifetime(descriptor) { descriptor.stopDevice() }
    #expect(text("buffer/enable") == "1\n")
  }

  @Test func `a trigger is the one that is written, the device's own, or missing`() throws {
    var settings = settings()
    settings.trigger = "clock"
    try folder.file("sys/trigger1/sampling_frequency", "100\n")
    do {
      let opened = try open(settings)
      #expect(text("trigger/current_trigger") == "clock")
      #expect(text("sampling_frequency", of: "trigger1") == "50")
      _ = opened
    }
    let path = "\(folder.path)/sys/iio:device3/trigger/current_trigger"
    settings.trigger = "bell"
    let known = ["accel_3d-dev3", "clock"]
    #expect(fault(settings) == .iio(.noTrigger(path: path, known: known)))
    // A device that has a trigger keeps it.
    settings.trigger = nil
    do {
      let opened = try open(settings)
      #expect(text("trigger/current_trigger") == "clock")
      _ = opened
    }
    // One that starts its scans itself has no such file.
    TestFolder.remove("\(folder.path)/sys/iio:device0/trigger")
    _ = try open(self.settings(device: "adc"))
    settings = self.settings(device: "adc")
    settings.trigger = "clock"
    guard case .iio(.noTrigger(_, known: []))? = fault(settings) else {
      Issue.record("it has no trigger")
      return
    }
  }

  @Test func `what a driver does not take is told with the file`() throws {
    func isFolder(_ file: String) throws -> String {
      folder.remove("sys/iio:device3/\(file)")
      let path = "\(folder.path)/sys/iio:device3/\(file)"
      #expect(mkdir(path, 0o700) == 0)
      return path
    }
    // No file of a test refuses as a driver does, but a folder takes no bytes either.
    // What the buffer keeps is no reason to measure nothing.
    for file in ["buffer/length", "buffer/watermark"] {
      _ = try isFolder(file)
      do {
        let opened = try open(settings())
        #expect(text("buffer/enable") == "1")
        _ = opened
      }
    }
    #expect(text("buffer/enable") == "0")
    let element = try isFolder("scan_elements/in_accel_x_en")
    guard case .iio(.refused(element, value: "1", _))? = fault(settings()) else {
      Issue.record("the element was written")
      return
    }
  }

  @Test func `files that nobody can read are told`() throws {
    try folder.file("sys/iio:device3/scan_elements/in_accel_x_type", "le:s24/24>>0\n")
    let path = "\(folder.path)/sys/iio:device3"
    #expect(
      fault(settings())
        == .iio(
          .unreadable(path: "\(path)/scan_elements/in_accel_x_type", text: "le:s24/24>>0")))
    try folder.file("sys/iio:device3/scan_elements/in_accel_x_type", "le:s16/16>>0\n")
    try folder.file("sys/iio:device3/in_accel_scale", "many\n")
    #expect(
      fault(settings()) == .iio(.unreadable(path: "\(path)/in_accel_scale", text: "many")))
    try folder.file("sys/iio:device3/in_accel_scale", "1\n")
    try folder.file("sys/iio:device3/scan_elements/in_accel_x_index", "\n")
    #expect(
      fault(settings())
        == .iio(.unreadable(path: "\(path)/scan_elements/in_accel_x_index", text: "")))
    TestFolder.remove("\(path)/scan_elements")
    #expect(fault(settings()) == .iio(.noBuffer(path: "\(path)/scan_elements")))
  }

  @Test func `nothing may be opened or written without the right to it`() throws {
    guard getuid() != 0 else {
      // Root may do everything; a file system that may not be written stops it too (Tests/board).
      return
    }
    let node = "\(folder.path)/dev/iio:device3"
    #expect(chmod(node, 0) == 0)
    #expect(fault(settings()) == .notPermitted(path: node))
    #expect(chmod(node, 0o600) == 0)
    let path = "\(folder.path)/sys/iio:device3/scan_elements/in_accel_z_en"
    #expect(chmod(path, 0o400) == 0)
    #expect(fault(settings()) == .iio(.notWritable(path: path, isReadOnly: false)))
  }

  @Test func `what a device says of itself is what a sensor of it needs`() throws {
    let description = try IIODescription.of("accel_3d", in: places)
    #expect(description.number == "iio:device3" && description.hertz == 10)
    #expect(description.channels[0] == IIODescription.Channel(name: "accel_x", unit: "m/s2"))
    #expect(description.channels[3].unit.isEmpty)
    folder.remove("sys/iio:device3/sampling_frequency")
    #expect(try IIODescription.of("accel_3d", in: places).hertz == nil)
    // Nothing was written.
    #expect(text("scan_elements/in_accel_x_en") == "0\n" && text("buffer/enable") == "0\n")
  }

  @Test func `the kinds of a channel, the narrowest first`() {
    #expect(IIODevice.families(of: "accel_x") == ["accel_x", "accel"])
    #expect(
      IIODevice.families(of: "voltage1-voltage2") == ["voltage1-voltage2", "voltage-voltage"])
    #expect(
      IIODevice.families(of: "voltage0_supply") == ["voltage0_supply", "voltage0", "voltage"])
    #expect(IIODevice.families(of: "temp") == ["temp"])
    #expect(IIODevice.families(of: "_") == ["_"])
    #expect(IIODevice.families(of: "7") == ["7"])
  }

  @Test func `every fault has a sentence of its own`() {
    let errors: [IIOError] = [
      .noDevice("a", known: []), .noDevice("a", known: ["b"]), .ambiguous("a", numbers: ["b"]),
      .noBuffer(path: "/p"), .noChannel("a", device: "b", known: ["c"]), .element("a", count: 4),
      .unreadable(path: "/p", text: "x"), .noTrigger(path: "/p", known: []),
      .noTrigger(path: "/p", known: ["a"]), .running(path: "/p"),
      .rate(path: "/p", hertz: 12.5, able: ""), .rate(path: "/p", hertz: 50, able: "10 20"),
      .refused(path: "/p", value: "1", reason: "Invalid argument"),
      .notWritable(path: "/p", isReadOnly: false), .notWritable(path: "/p", isReadOnly: true),
    ]
    expectSentences(errors) { $0.message }
    #expect(IIOError.number(12.5) == "12.5" && IIOError.number(50) == "50")
  }
}
