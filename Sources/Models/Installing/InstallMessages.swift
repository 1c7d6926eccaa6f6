import System
import Trust

extension InstallError {
  var lines: [String] {
    switch self {
    case .trust(let error): error.lines
    case .models(let error): error.lines
    }
  }
}

extension AdoptionFault {
  @export(interface)
  package func lines(_ reference: InstallReference) -> [String] {
    switch self {
    case .found(let lines): lines
    case .late(let seconds):
      ["\(reference.text): its verification took longer than \(seconds) s on this board"]
    case .crashed(let signal): ["\(reference.text): its verification ended by signal \(signal)"]
    case .killed: ["\(reference.text): another process or the Linux kernel ended its verification"]
    case .silent: ["\(reference.text): its verification ended without an answer"]
    case .noPipe(let code): [SystemText.of(code)]
    case .noProcess(let code): ["fork: \(SystemText.of(code))"]
    }
  }
}
