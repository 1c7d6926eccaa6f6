import Models
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
  func lines(_ reference: InstallReference) -> [String] {
    switch self {
    case .found(let lines): lines
    case .late(let seconds):
      ["\(reference.text): verifying it took longer than \(seconds) s on this board"]
    case .crashed(let signal): ["\(reference.text): verifying it ended by signal \(signal)"]
    case .killed: ["\(reference.text): verifying it was ended"]
    case .silent: ["\(reference.text): verifying it ended without a word"]
    case .noPipe(let code): [SystemText.of(code)]
    case .noProcess(let code): ["fork: \(SystemText.of(code))"]
    }
  }
}
