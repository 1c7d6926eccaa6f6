import CPlatform

/// A system call that failed, and the errno value it left.
public struct SystemError: Error, Equatable, Sendable {
  public let call: SystemCall
  public let code: Int32

  public init(call: SystemCall, code: Int32) {
    self.call = call
    self.code = code
  }

  /// What `call` just left in errno; read it before anything else can overwrite it.
  static func last(_ call: SystemCall) -> SystemError {
    SystemError(call: call, code: cp_errno())
  }

  /// The C library's words for the code: "Permission denied".
  public var text: String { String(cString: cp_error_text(code)) }
}

/// The calls this module makes, spelled as their manual pages are.
public enum SystemCall: String, Equatable, Sendable {
  case accept, bind, chmod, connect, fcntl, flock, fstat, grantpt, ioctl, listen, lstat, open
  case posix_openpt, ptsname, read, socket, tcflush, tcgetattr, tcsetattr, unlockpt, write
  case epoll_create, epoll_ctl, epoll_wait
}

/// Makes a call until no signal interrupts it.
///
/// - Returns: the call's result; negative means that errno says why.
@inline(__always)
func uninterrupted<Result: SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result >= 0 || cp_errno() != EINTR { return result }
  }
}
