import CPlatform
import TestSupport
import Testing

@testable import SensorIO
@testable import System

/// Goal: an open serial port passes every byte unchanged, belongs to one program, and reports
/// clearly when it is unplugged or cannot be opened.
/// Method: real pseudo-terminals; the test reads the settings back without the module's code.
@Suite struct SerialPortTests {
  @Test func `passes every byte value unchanged in both directions`() throws {
    let terminal = try PseudoTerminal.open()
    let port = try SerialPort.open(path: terminal.slavePath, SerialSettings(baud: 115_200))
    let everyByte = Array(UInt8.min...UInt8.max)
    try terminal.controller.send(everyByte)
    #expect(try port.receiveOnce().bytes == everyByte)
    try port.send(everyByte)
    #expect(try terminal.controller.receiveOnce().bytes == everyByte)
  }

  @Test(arguments: [(1200, B1200), (115_200, B115200), (4_000_000, B4000000)])
  func `leaves the device raw at the speed asked for`(baud: Int, code: Int32) throws {
    let terminal = try PseudoTerminal.open()
    let port = try SerialPort.open(path: terminal.slavePath, SerialSettings(baud: baud))
    var settings = termios()
    #expect(tcgetattr(port.raw, &settings) == 0)
    #expect(cfgetispeed(&settings) == speed_t(code))
    #expect(cfgetospeed(&settings) == speed_t(code))
    #expect(settings.c_lflag & tcflag_t(ICANON | ECHO | ISIG | IEXTEN) == 0)
    #expect(settings.c_iflag & tcflag_t(ICRNL | IXON | IXOFF | ISTRIP) == 0)
    #expect(settings.c_oflag & tcflag_t(OPOST) == 0)
    #expect(settings.c_cflag & tcflag_t(CSIZE | PARENB | CSTOPB) == tcflag_t(CS8))
    #expect(settings.c_cflag & tcflag_t(CLOCAL | CREAD) == tcflag_t(CLOCAL | CREAD))
    #expect(settings.c_cflag & tcflag_t(HUPCL) == 0)
    #expect(cp_fcntl(port.raw, F_GETFL, 0) & O_NONBLOCK != 0)
    #expect(cp_fcntl(port.raw, F_GETFD, 0) & FD_CLOEXEC != 0)
  }

  @Test func `an idle line would block and an unplugged one ends`() throws {
    var terminal: PseudoTerminal? = try PseudoTerminal.open()
    let port = try SerialPort.open(path: terminal!.slavePath, SerialSettings(baud: 9600))
    var bytes = [UInt8](repeating: 0, count: 16)
    #expect(try bytes.withUnsafeMutableBytes { try port.read(into: $0) } == .wouldBlock)
    terminal = nil
    #expect(try port.receiveOnce().result == .end)
  }

  @Test func `drops what arrived before it was opened`() throws {
    let terminal = try PseudoTerminal.open()
    try terminal.controller.send(Array("half a fra".utf8))
    let port = try SerialPort.open(path: terminal.slavePath, SerialSettings(baud: 9600))
    try terminal.controller.send(Array("whole\n".utf8))
    #expect(try port.receiveOnce().bytes == Array("whole\n".utf8))
  }

  @Test func `is free again after the last reference`() throws {
    let terminal = try PseudoTerminal.open()
    let path = terminal.slavePath
    var port: Descriptor? = try SerialPort.open(path: path, SerialSettings(baud: 9600))
    #expect(throws: PortError.busy(path: path)) {
      try SerialPort.open(path: path, SerialSettings(baud: 9600))
    }
    #expect(port != nil)
    port = nil
    _ = try SerialPort.open(path: path, SerialSettings(baud: 9600))
  }

  @Test func `later openers are shut out for as long as it is open`() throws {
    let terminal = try PseudoTerminal.open()
    let other = try FilePort.open(path: terminal.slavePath)  // opened before, so it stays open
    var isExclusive: Int32 = 0
    let ask: UInt = 0x8004_5440  // TIOCGEXCL
    var port: Descriptor? = try SerialPort.open(
      path: terminal.slavePath, SerialSettings(baud: 9600))
    #expect(cp_ioctl_pointer(other.raw, ask, &isExclusive) == 0 && isExclusive == 1)
    // A refused open does not change the flag.
    _ = try? SerialPort.open(path: terminal.slavePath, SerialSettings(baud: 9600))
    #expect(cp_ioctl_pointer(other.raw, ask, &isExclusive) == 0 && isExclusive == 1)
    #expect(port != nil)
    port = nil
    #expect(cp_ioctl_pointer(other.raw, ask, &isExclusive) == 0 && isExclusive == 0)
  }

  @Test(.enabled(if: getuid() != 0, "root may open anything"))
  func `a device that may not be opened says so`() throws {
    let folder = TestFolder()
    let path = try folder.file("closed")
    #expect(chmod(path, 0) == 0)
    _ = withExtendedLifetime(folder) {
      #expect(throws: PortError.notPermitted(path: path)) {
        try SerialPort.open(path: path, SerialSettings(baud: 9600))
      }
    }
  }

  @Test func `names what is wrong with a path`() throws {
    let folder = TestFolder()
    let file = try folder.file("not-a-device")
    let missing = "\(folder.path)/missing"
    for (path, expected) in [
      (missing, PortError.missing(path: missing)),
      ("\(file)/below", .missing(path: "\(file)/below")),
      (file, .notTerminal(path: file)),
      (folder.path, .notTerminal(path: folder.path)),
      ("/dev/null", .notTerminal(path: "/dev/null")),
    ] {
      #expect(throws: expected) { try SerialPort.open(path: path, SerialSettings(baud: 9600)) }
    }
  }

  @Test(arguments: [0, 49, 12_000_001, -9600])
  func `refuses a speed that no line has`(baud: Int) {
    #expect(throws: PortError.baudUnknown(baud: baud)) {
      try SerialPort.open(path: "/dev/null", SerialSettings(baud: baud))
    }
  }

  /// A pseudo-terminal takes every rate and form, and says what it took.
  @Test(arguments: [31_250, 74_880, 250_000, 9601])
  func `a rate without a name is taken as it is`(baud: Int) throws {
    let terminal = try PseudoTerminal.open()
    let port = try SerialPort.open(path: terminal.slavePath, SerialSettings(baud: baud))
    var settings = cp_terminal()
    #expect(cp_terminal_get(port.raw, &settings) == 0)
    #expect(settings.in_speed == UInt32(baud) && settings.out_speed == UInt32(baud))
    #expect(settings.control & CP_CBAUD == CP_BOTHER)
  }

  @Test func `every form of a character reaches the driver`() throws {
    for parity in SerialSettings.Parity.allCases {
      for (dataBits, stopBits) in [(7, 1), (8, 1), (7, 2), (8, 2)] {
        var line = SerialSettings(baud: 9600)
        (line.parity, line.dataBits, line.stopBits) = (parity, dataBits, stopBits)
        let terminal = try PseudoTerminal.open()
        let port: Descriptor
        do {
          port = try SerialPort.open(path: terminal.slavePath, line)
        } catch {
          // A pseudo-terminal has no bits on a wire, and its driver says so.
          guard case .settingsRefused = error else { throw error }
          continue
        }
        var settings = cp_terminal()
        #expect(cp_terminal_get(port.raw, &settings) == 0)
        #expect(settings.control & UInt32(CSTOPB) == (stopBits == 2 ? UInt32(CSTOPB) : 0))
        #expect(settings.control & UInt32(CSIZE) == UInt32(dataBits == 7 ? CS7 : CS8))
        #expect(settings.control & UInt32(PARENB) == (parity == .none ? 0 : UInt32(PARENB)))
      }
    }
  }

  @Test func `the settings are told as people write them`() {
    var line = SerialSettings(baud: 9600)
    #expect(line.text == "9600 baud 8N1" && line.characterNanoseconds == 1_041_666)
    (line.parity, line.dataBits, line.stopBits) = (.even, 7, 2)
    #expect(line.text == "9600 baud 7E2")
  }
}
