import CPlatform
import Config
import System
import Text

/// A connection to a running core's control socket: one request, one answer, a JSON object a line
/// each.
struct ControlClient {
  static let configurationPath = "/etc/edgeagent/edgeagent.toml"

  /// The core answers within some seconds, also with a hung disk.
  private static let answerNanoseconds: Int64 = 10_000_000_000
  /// Twice what a core of this version answers at most.
  private static let answerBytesMax = 64 * 1024

  private let descriptor: Descriptor
  let path: String

  /// - Throws: exit code 1 where no agent listens.
  init(_ arguments: Arguments) throws(Failure) {
    try self.init(path: try Self.path(arguments) { Terminal.write("\($0)\n", to: 2) })
  }

  /// - Throws: exit code 1 where no agent listens.
  init(path: String) throws(Failure) {
    self.path = path
    do throws(SocketError) {
      descriptor = try UnixSocket.connect(path: path)
    } catch {
      switch error {
      case .missing, .noListener:
        throw .failed(
          "no agent listens at \(path)",
          "start it: systemctl start edgeagent, or give --config FILE or --socket PATH")
      case .notPermitted:
        throw .failed(
          "\(path): this user may not open the control socket",
          "ask who runs this board for the socket's group, or use sudo")
      case .busy:
        throw .failed("\(path): the agent has too much to do", "try again in a second")
      case .notSocket, .pathBytes, .system: throw .failed(error.message)
      }
    }
  }

  /// `--socket PATH`, or what the configuration says. Where no `--config` was given, the usual
  /// socket is meant if there is no configuration at the usual place, or this user may not read
  /// it, or it has faults: the running agent began with an earlier one, and people must reach it.
  ///
  /// A file that somebody names is another matter: its agent may be another one of this board.
  ///
  /// - Parameters:
  ///   - usual: the usual place.
  ///   - warn: takes lines for standard error.
  /// - Throws: exit code 78 for faults of the file that `--config` names.
  static func path(
    _ arguments: Arguments, usual: String = configurationPath, warn: (String) -> Void
  ) throws(Failure) -> String {
    if let socket = arguments.value("--socket") { return socket }
    if let file = arguments.value("--config") {
      do throws(ConfigurationError) {
        return try Configuration.load(file).control.socket
      } catch {
        throw .configuration(
          error.messages + ["--socket PATH reaches an agent that runs, whatever its file says"])
      }
    }
    guard usual.withCString({ access($0, R_OK) }) == 0 else { return ControlSettings.usualSocket }
    do throws(ConfigurationError) {
      return try Configuration.load(usual).control.socket
    } catch {
      for message in error.messages { warn("warning: \(message)") }
      warn("warning: asking at the usual socket, \(ControlSettings.usualSocket)")
      return ControlSettings.usualSocket
    }
  }

  /// Whether a program listens at that socket, or may listen there.
  static func isThere(_ path: String) -> Bool {
    do throws(SocketError) {
      _ = try UnixSocket.connect(path: path)
    } catch {
      switch error {
      case .missing, .noListener: return false
      case .notPermitted, .busy, .notSocket, .pathBytes, .system: return true
      }
    }
    return true
  }

  /// - Throws: exit code 1, with the core's error and its remedy.
  func ask(_ members: (inout JSONWriter) -> Void) throws(Failure) -> JSONValue {
    let request = JSONWriter.text(members) + "\n"
    let isSent = Array(request.utf8).withUnsafeBytes { (try? descriptor.write($0)) == $0.count }
    guard isSent, let line = receive() else {
      throw .failed("\(path): the agent has gone, or does not answer", "look at its log")
    }
    guard let answer = line.withUnsafeBytes({ try? JSONValue.parse($0) }),
      let isDone = answer["ok"]?.bool
    else { throw .failed("\(path): the program that listens there is no agent") }
    guard isDone else {
      let error = TerminalText.printable(answer["error"]?.string ?? "refused")
      let remedy = TerminalText.printable(answer["remedy"]?.string ?? "")
      throw Failure(exitCode: 1, lines: remedy.isEmpty ? [error] : [error, remedy])
    }
    return answer
  }

  private func receive() -> [UInt8]? {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    let deadline = Clock.boot() + Self.answerNanoseconds
    while bytes.count < Self.answerBytesMax {
      switch piece.withUnsafeMutableBytes({ try? descriptor.read(into: $0) }) {
      case .bytes(let count)?:
        bytes += piece[..<count]
        if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) { return Array(bytes[..<end]) }
      case .wouldBlock?:
        let left = deadline - Clock.boot()
        guard left > 0 else { return nil }
        _ = Wait.isReady(descriptor.raw, milliseconds: left / 1_000_000 + 1)
      case .end?, nil: return nil
      }
    }
    return nil
  }

  /// Asks for every page, and puts the elements of `list` into one answer.
  func askAll(
    _ list: String, pagesMax: Int = 1000, _ members: (inout JSONWriter) -> Void
  ) throws(Failure) -> JSONValue {
    var elements: [JSONValue] = []
    var after: Int64 = 0
    for _ in 0..<pagesMax {
      let page = try ask { writer in
        members(&writer)
        writer.member("after", after)
      }
      elements += page[list]?.array ?? []
      guard let more = page["more"]?.int64, more > after else {
        let rest = (page.members ?? []).filter { $0.name != list && $0.name != "more" }
        return .object(rest + [JSONMember(list, .array(elements))])
      }
      after = more
    }
    throw .failed("\(path): the answer does not end")
  }
}
