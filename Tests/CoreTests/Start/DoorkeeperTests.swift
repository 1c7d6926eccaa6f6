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
    _ port: PortAddress, admissions: Ring<Admission>
  ) throws(StartError) -> Doorkeeper {
    try Doorkeeper(
      configuration: Make.configuration(folder, sensors: [Make.sensor(port)]),
      admissions: admissions,
      notices: notices, hotWakeup: hotWakeup, wakeup: wakeup)
  }

  private func start(_ doorkeeper: Doorkeeper) {
    #expect(Thread.start("doorkeeper") { doorkeeper.run() })
  }

  private func next(_ admissions: Ring<Admission>) -> Admission? {
    var admission: Admission?
    _ = eventually {
      admission = admissions.take()
      return admission != nil
    }
    return admission
  }

  @Test func `what is there at the start comes at once`() throws {
    let admissions = Ring<Admission>(capacity: 4)
    let path = try folder.file("samples", Array("1\n".utf8))
    _ = try doorkeeper(.file(path: path), admissions: admissions)
    guard case .connection(wire: 0, isAlwaysReady: true)? = admissions.take()?.role else {
      Issue.record("a regular file is always ready")
      return
    }
    #expect(waitsForInput(hotWakeup.descriptor, milliseconds: 0))
    #expect(admissions.take() == nil)
  }

  @Test func `a device that appears later is opened then`() throws {
    let admissions = Ring<Admission>(capacity: 4)
    let path = "\(folder.path)/pipe"
    let doorkeeper = try doorkeeper(.file(path: path), admissions: admissions)
    #expect(admissions.take() == nil)
    start(doorkeeper)
    #expect(mkfifo(path, 0o600) == 0)
    guard case .connection(wire: 0, isAlwaysReady: false)? = next(admissions)?.role else {
      Issue.record("a pipe can be watched")
      return
    }
    usleep(300_000)
    #expect(admissions.take() == nil, "once")
  }

  @Test func `a port that has to be there at the start is an error`() {
    let path = "\(folder.path)/probe"
    var sensor = Make.sensor(.serial(path: path, SerialSettings()))
    sensor.needsPortAtStart = true
    do {
      _ = try Doorkeeper(
        configuration: Make.configuration(folder, sensors: [sensor]),
        admissions: Ring<Admission>(capacity: 4), notices: notices, hotWakeup: hotWakeup,
        wakeup: wakeup)
      Issue.record("it started")
    } catch {
      guard case .port(_, "sensor wrist", .missing(path)) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(error.exitCode == 1, "the next start may find it")
    }
  }

  @Test func `a device that is lost is opened again, an input that ended is not`() throws {
    let admissions = Ring<Admission>(capacity: 4)
    let path = try folder.file("samples", Array("1\n".utf8))
    start(try doorkeeper(.file(path: path), admissions: admissions))
    let first = try #require(admissions.take())
    #expect(notices.put(Notice(kind: .lost(wire: 0, first.descriptor))))
    wakeup.wake()
    let second = try #require(next(admissions))
    #expect(notices.put(Notice(kind: .ended(wire: 0, second.descriptor))))
    wakeup.wake()
    usleep(300_000)
    #expect(admissions.take() == nil)
  }

  @Test func `a sensor that finds the ring full comes when there is room`() throws {
    let admissions = Ring<Admission>(capacity: 1)
    let (crowd, _) = try socketPair()
    #expect(admissions.put(Admission(role: .subscriber(process: 1), descriptor: crowd)))
    let path = try folder.file("samples", Array("1\n".utf8))
    start(try doorkeeper(.file(path: path), admissions: admissions))
    #expect(admissions.take()?.descriptor === crowd)
    guard case .connection(wire: 0, isAlwaysReady: true)? = next(admissions)?.role else {
      Issue.record("never came")
      return
    }
  }

  @Test func `producers and subscribers are told apart`() throws {
    let admissions = Ring<Admission>(capacity: 16)
    start(try doorkeeper(.unix(path: "\(folder.path)/sensor.sock"), admissions: admissions))
    let producer = try UnixSocket.connect(path: "\(folder.path)/sensor.sock")
    guard case .connection(wire: 0, isAlwaysReady: false)? = next(admissions)?.role else {
      Issue.record("a producer")
      return
    }
    let subscriber = try UnixSocket.connect(path: "\(folder.path)/events.sock")
    guard case .subscriber(process: getpid())? = next(admissions)?.role else {
      Issue.record("a subscriber")
      return
    }
    #expect(producer.raw != subscriber.raw)
  }

  @Test func `a second agent at the same events socket does not start`() throws {
    let admissions = Ring<Admission>(capacity: 4)
    let first = try doorkeeper(.file(path: "/dev/null"), admissions: admissions)
    do {
      _ = try doorkeeper(.file(path: "/dev/null"), admissions: admissions)
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
