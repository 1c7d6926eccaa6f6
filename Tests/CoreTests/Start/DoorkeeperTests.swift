import CPlatform
import Testing

@testable import Core
@testable import SensorIO
@testable import System
import TestSupport

/// Goal: every port is opened as soon as it can be, and reaches the hot thread once. Method: the
/// doorkeeper's own thread, which lives on after the test, idle; the test in the place of the hot
/// thread.
@Suite struct DoorkeeperTests {
  let folder = TestFolder()
  let notices = Ring<Notice>(capacity: 16)
  let hotWakeup = Wakeup()
  let wakeup = Wakeup()

  private func doorkeeper(
    _ port: PortAddress, arrivals: Ring<Arrival>
  ) throws(StartError) -> Doorkeeper {
    try Doorkeeper(
      configuration: Make.configuration(folder, sensors: [Make.sensor(port)]), arrivals: arrivals,
      notices: notices, hotWakeup: hotWakeup, wakeup: wakeup)
  }

  private func start(_ doorkeeper: Doorkeeper) {
    #expect(Thread.start("doorkeeper") { doorkeeper.run() })
  }

  private func next(_ arrivals: Ring<Arrival>) -> Arrival? {
    var arrival: Arrival?
    _ = eventually {
      arrival = arrivals.take()
      return arrival != nil
    }
    return arrival
  }

  @Test func `what is there at the start comes at once`() throws {
    let arrivals = Ring<Arrival>(capacity: 4)
    let path = try folder.file("samples", Array("1\n".utf8))
    _ = try doorkeeper(.file(path: path), arrivals: arrivals)
    guard case .connection(sensor: 0, isAlwaysReady: true)? = arrivals.take()?.role else {
      Issue.record("a regular file is always ready")
      return
    }
    #expect(waitsForInput(hotWakeup.descriptor, milliseconds: 0))
    #expect(arrivals.take() == nil)
  }

  @Test func `a device that appears later is opened then`() throws {
    let arrivals = Ring<Arrival>(capacity: 4)
    let path = "\(folder.path)/pipe"
    let doorkeeper = try doorkeeper(.file(path: path), arrivals: arrivals)
    #expect(arrivals.take() == nil)
    start(doorkeeper)
    #expect(mkfifo(path, 0o600) == 0)
    guard case .connection(sensor: 0, isAlwaysReady: false)? = next(arrivals)?.role else {
      Issue.record("a pipe can be watched")
      return
    }
    usleep(300_000)
    #expect(arrivals.take() == nil, "once")
  }

  @Test func `a device that is lost is opened again, an input that ended is not`() throws {
    let arrivals = Ring<Arrival>(capacity: 4)
    let path = try folder.file("samples", Array("1\n".utf8))
    start(try doorkeeper(.file(path: path), arrivals: arrivals))
    let first = try #require(arrivals.take())
    #expect(notices.put(Notice(kind: .lost(sensor: 0, first.descriptor))))
    wakeup.wake()
    let second = try #require(next(arrivals))
    #expect(notices.put(Notice(kind: .ended(sensor: 0, second.descriptor))))
    wakeup.wake()
    usleep(300_000)
    #expect(arrivals.take() == nil)
  }

  @Test func `a sensor that finds the ring full comes when there is room`() throws {
    let arrivals = Ring<Arrival>(capacity: 1)
    let (crowd, _) = try socketPair()
    #expect(arrivals.put(Arrival(role: .subscriber, descriptor: crowd)))
    let path = try folder.file("samples", Array("1\n".utf8))
    start(try doorkeeper(.file(path: path), arrivals: arrivals))
    #expect(arrivals.take()?.descriptor === crowd)
    guard case .connection(sensor: 0, isAlwaysReady: true)? = next(arrivals)?.role else {
      Issue.record("never came")
      return
    }
  }

  @Test func `producers and subscribers are told apart`() throws {
    let arrivals = Ring<Arrival>(capacity: 16)
    start(try doorkeeper(.unix(path: "\(folder.path)/sensor.sock"), arrivals: arrivals))
    let producer = try UnixSocket.connect(path: "\(folder.path)/sensor.sock")
    guard case .connection(sensor: 0, isAlwaysReady: false)? = next(arrivals)?.role else {
      Issue.record("a producer")
      return
    }
    let subscriber = try UnixSocket.connect(path: "\(folder.path)/events.sock")
    guard case .subscriber? = next(arrivals)?.role else {
      Issue.record("a subscriber")
      return
    }
    #expect(producer.raw != subscriber.raw)
  }

  @Test func `a second agent at the same events socket does not start`() throws {
    let arrivals = Ring<Arrival>(capacity: 4)
    let first = try doorkeeper(.file(path: "/dev/null"), arrivals: arrivals)
    do {
      _ = try doorkeeper(.file(path: "/dev/null"), arrivals: arrivals)
      Issue.record("both listen")
    } catch {
      guard case .eventsSocket(_, .busy) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(error.exitCode == 1)
    }
    _ = consume first
  }
}
