import System

extension PortError {
  package var message: String {
    @export(interface)
    get {
      switch self {
      case .missing(let path):
        "\(path): no such device or file; is it plugged in? (`ls /dev/serial/by-id` lists devices)"
      case .notPermitted(let path):
        "\(path): permission denied; give the agent's user access (group of the device, udev rule)"
      case .busy(let path): "\(path): in use by another program; stop that one first"
      case .notTerminal(let path): "\(path): not a serial device; use file: for files and pipes"
      case .isFolder(let path): "\(path): is a folder"
      case .baudUnknown(let baud): "\(baud) baud is no standard rate"
      case .settingsRefused(let path, let baud, let actual):
        "\(path): asked for \(baud) baud raw 8N1, the driver set \(actual)"
      case .socket(let error): error.message
      case .system(let path, let error): "\(path): \(error.message)"
      }
    }
  }
}
