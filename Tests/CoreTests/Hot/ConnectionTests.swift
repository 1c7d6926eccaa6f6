import CPlatform
import System
import Testing

@testable import Core
@testable import SensorIO

/// Goal: a silent device whose end the poller does not tell is asked once a second, and not read.
/// Method: a device that counts what it is asked, and times given.
@Suite struct ConnectionTests {
  private final class Device: DeviceReading, @unchecked Sendable {
    var (asked, reads, isUnplugged) = (0, 0, false)

    func read(
      _ raw: Int32, into buffer: UnsafeMutableRawBufferPointer
    ) throws(SystemError) -> ReadResult {
      reads += 1
      return .wouldBlock
    }

    func bytesMax(of bufferBytes: Int) -> Int { bufferBytes }

    func isGone(_ raw: Int32) -> Bool {
      asked += 1
      return isUnplugged
    }

    func stop() {}
  }

  @Test func `a silent device is asked once a second whether it is there`() {
    let device = Device()
    let connection = Connection([.line(LineSettings())])
    #expect(!connection.isFoundGone(at: .max))
    let opened = Clock.boot()
    connection.open(
      Descriptor(owning: cp_open("/dev/null", O_RDONLY, 0), isExclusive: false, device: device),
      isAlwaysReady: false, joinsMidStream: false)
    #expect(!connection.isFoundGone(at: opened + 900_000_000) && device.asked == 0)
    let start = opened + 3_600_000_000_000
    #expect(!connection.isFoundGone(at: start) && device.asked == 1)
    device.isUnplugged = true
    #expect(!connection.isFoundGone(at: start + 900_000_000) && device.asked == 1)
    // One that brings something is heard.
    _ = connection.receive(at: ArrivalStamp(time: start + 950_000_000))
    #expect(!connection.isFoundGone(at: start + 1_900_000_000) && device.asked == 1)
    #expect(connection.isFoundGone(at: start + 1_950_000_000) && device.asked == 2)
    #expect(device.reads == 1)
  }
}
