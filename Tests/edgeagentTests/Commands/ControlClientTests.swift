import TestSupport
import Testing

@testable import Config
@testable import System
@testable import edgeagent

/// Goal: people reach the agent that runs, whatever became of its configuration.
/// Method: the socket that each command line means, and what it warns of.
@Suite struct ControlClientTests {
  private let folder = TestFolder()

  private static func text(socket: String, id: String = "\"a\"") -> String {
    """
    agent.id = \(id)
    control.socket = "\(socket)"
    [[sensor]]
    name = "boiler"
    port = "stdin"
    fields = [{ name = "temperature" }]
    rate = 1
    [[alert]]
    name = "hot"
    source = "sensor:boiler.temperature"
    above = 95
    """
  }

  private struct Meant: Equatable {
    var path: String
    var warnings: [String] = []
  }

  private func path(_ words: [String], usual: String) throws(Failure) -> Meant {
    let arguments: Arguments
    do throws(UsageError) {
      arguments = try Arguments(words, valued: ["--config", "--socket"])
    } catch {
      throw .usage(error)
    }
    var warnings: [String] = []
    let path = try ControlClient.path(arguments, usual: usual) { warnings.append($0) }
    return Meant(path: path, warnings: warnings)
  }

  @Test func `a configuration names the socket, and an option another one`() throws {
    let usual = try folder.file("usual.toml", Array(Self.text(socket: "/run/u.sock").utf8))
    let other = try folder.file("other.toml", Array(Self.text(socket: "/run/o.sock").utf8))
    #expect(try path([], usual: usual) == Meant(path: "/run/u.sock"))
    #expect(try path(["--config", other], usual: usual) == Meant(path: "/run/o.sock"))
    #expect(try path(["--config", other, "--socket", "/s"], usual: usual) == Meant(path: "/s"))
    let missing = "\(folder.path)/missing.toml"
    #expect(try path([], usual: missing) == Meant(path: ControlSettings.usualSocket))
  }

  @Test func `with a broken configuration the usual socket is asked`() throws {
    let broken = try folder.file("e.toml", Array(Self.text(socket: "/run/u.sock", id: "7").utf8))
    let found = try path([], usual: broken)
    #expect(found.path == ControlSettings.usualSocket)
    #expect(found.warnings.count == 2)
    #expect(found.warnings[0].hasPrefix("warning: \(broken):1:12: id in [agent] is 7; write"))
    #expect(
      found.warnings[1] == "warning: asking at the usual socket, \(ControlSettings.usualSocket)")
  }

  @Test func `a broken file that somebody names is a fault`() throws {
    let broken = try folder.file("e.toml", Array(Self.text(socket: "/run/u.sock", id: "7").utf8))
    do throws(Failure) {
      _ = try path(["--config", broken], usual: broken)
      Issue.record("accepted")
    } catch {
      #expect(error.exitCode == 78)
      #expect(error.lines.count == 2 && error.lines[1].hasPrefix("--socket PATH reaches"))
    }
  }
}
