import Text

/// `[control]`: the Unix socket on which people act: acknowledge, shelve, test. The kernel tells
/// who they are.
package struct ControlSettings: Equatable, Sendable {
  /// Where an agent listens whose configuration names no other path.
  package static let usualSocket = "/run/edgeagent/control.sock"

  /// At most 107 bytes, the room of `sockaddr_un` without its NUL.
  package var socket: String
  /// Who may read: `alerts list`, `status`. Nil: all who may open the socket.
  package var readers: [PeerName]? = nil
  /// Who may acknowledge, confirm, shelve, pause, drill. Nil: root, the agent's user and its group.
  package var operators: [PeerName]? = nil
  /// Who may do everything: levels and service too. Nil: root and the agent's user.
  package var managers: [PeerName]? = nil

  package var place: SourcePlace
  package var socketPlace: SourcePlace

  package init(
    socket: String = usualSocket, place: SourcePlace, socketPlace: SourcePlace
  ) {
    (self.socket, self.place, self.socketPlace) = (socket, place, socketPlace)
  }
}

/// `"alice"`, `"group:nurses"`, or a number as `"1000"` or `"group:1000"`; `"*"` is everybody who
/// may open the socket.
package enum PeerName: Equatable, Sendable {
  case everybody
  case user(String)
  case group(String)
}
