import Models
import Store
import System
import Trust

extension SyncError {
  package var lines: [String] {
    @export(interface)
    get {
      switch self {
      case .http(let failure): [failure.message]
      case .status(let failure): [failure.message]
      case .answer(let place, let missing):
        ["\(place): the answer lacks \(missing); is this the right address?"]
      case .page(let place):
        [
          "\(place): a web page in the place of an answer; this may be the login page of a network, "
            + "or the address of another program"
        ]
      case .download(let error): [error.message]
      case .store(let path, let error): ["\(path): \(error.message)"]
      case .file(let path, let failure): ["\(path): \(failure.text)"]
      case .registry(let error): [error.message]
      case .models(let error): error.lines
      case .trust(let error): error.lines
      case .refused(let lines), .postponed(let lines), .gone(let lines): lines
      case .credential(let name):
        [
          "credential:\(name): no such credential; under systemd put the file into the folder of "
            + "LoadCredential=, elsewhere give its path"
        ]
      case .headers(let path, let fault): [fault.message(path)]
      case .mlflow(let place, let error): ["\(place): \(error.message)"]
      }
    }
  }
}

extension StatusFailure {
  var message: String {
    "\(place): the server answers \(status)"
      + (detail.isEmpty ? "" : " (\(detail))")
      + (retryAfter.map { ", and wants to be asked again in \($0) s" } ?? "")
      + remedy
  }

  private var remedy: String {
    switch status {
    case 401, 403: "; check the credentials"
    case 404: "; check the address and the names"
    case 407: "; the proxy wants credentials"
    case 410: "; it wants no more of this"
    default: ""
    }
  }
}
