extension SocketError {
  package var message: String {
    switch self {
    case .missing(let path):
      "\(path): no such socket; is the program that makes it running?"
    case .notPermitted(let path):
      "\(path): permission denied; give the agent's user access (group of the socket)"
    case .busy(let path): "\(path): in use by another program; stop that one first"
    case .notSocket(let path): "\(path): there is a file that is no socket; remove it"
    case .noListener(let path): "\(path): no program listens at this socket"
    case .pathBytes(let path, let bytes):
      "\(path): \(bytes) bytes long; a socket's path may have \(UnixSocket.pathBytesMax)"
    case .system(let path, let error): "\(path): \(error.message)"
    }
  }
}

extension SystemError {
  package var message: String { "\(call.rawValue): \(text)" }
}
