import Testing

@testable import Config
import TestSupport

/// Goal: who may send through a sensor's socket is read, and refused where it means nothing.
/// Method: one sensor, with other ports.
@Suite struct ConfigurationAllowTests {
  private func parse(_ port: String) throws -> Configuration {
    let text = """
      [[sensor]]
      name = "microphone"
      port = "\(port)"
      fields = ["v"]
      allow = ["audio", "group:sensors", "1000"]
      """
    return try Configuration.parse([ConfigurationSource(file: "a.toml", bytes: Array(text.utf8))])
  }

  @Test(arguments: ["unix:/a", "unix-seqpacket:/a"])
  func `a socket that listens has a list`(port: String) throws {
    #expect(
      try parse(port).sensors[0].allowed == [.user("audio"), .group("sensors"), .user("1000")])
  }

  @Test(arguments: ["unix-dgram:/a", "unix-connect:/a", "serial:/dev/ttyUSB0", "stdin"])
  func `another port has none`(port: String) {
    do {
      _ = try parse(port)
      Issue.record("accepted")
    } catch let error as ConfigurationError {
      #expect(
        error.messages == [
          "a.toml:5:1: \"allow\" in [[sensor]] goes only with a port that is unix: or "
            + "unix-seqpacket:; choose that or remove it"
        ])
    } catch {
      Issue.record(error)
    }
  }
}
