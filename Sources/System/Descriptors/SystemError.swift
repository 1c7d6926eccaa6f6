import CPlatform

/// A system call that failed, and the errno value it left.
package struct SystemError: Error, Equatable, Sendable {
  package let call: SystemCall
  package let code: Int32

  package init(call: SystemCall, code: Int32) {
    self.call = call
    self.code = code
  }

  /// The error that `call` just left in errno. Make it before another call can overwrite errno.
  package static func last(_ call: SystemCall) -> SystemError {
    SystemError(call: call, code: cp_errno())
  }

  /// The C library's words for the code: "Permission denied".
  package var text: String { String(cString: cp_error_text(code)) }
}

/// The system calls that this module makes, spelled as in the manual pages.
package enum SystemCall: String, Equatable, Sendable {
  case accept, bind, chmod, connect, fcntl, flock, fstat, grantpt, ioctl, listen, lstat, open
  case posix_openpt, ptsname, read, socket, tcflush, tcgetattr, tcsetattr, unlockpt, write
  case epoll_create, epoll_ctl, epoll_wait, ppoll, pipe, fork
  case spawn = "posix_spawn"
}
