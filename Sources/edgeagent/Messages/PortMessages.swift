import SensorIO

extension PortError {
  var message: String {
    switch self {
    case .missing(let path):
      "\(path): no such device or file; is it plugged in? (`ls /dev/serial/by-id` lists what is)"
    case .notPermitted(let path):
      "\(path): permission denied; give the agent's user access (group of the device, udev rule)"
    case .busy(let path): "\(path): in use by another program; stop that one first"
    case .notTerminal(let path): "\(path): not a serial device; use file: for files and pipes"
    case .notSocket(let path): "\(path): something that is no socket is in the way; remove it"
    case .isFolder(let path): "\(path): is a folder"
    case .nobodyListens(let path): "\(path): nobody listens at this socket"
    case .socketPathBytes(let path, let bytes):
      "\(path): \(bytes) bytes long; a socket's path may have \(PortLimits.socketPathBytesMax)"
    case .baudUnknown(let baud): "\(baud) baud is no standard rate"
    case .settingsRefused(let path, let baud, let actual):
      "\(path): asked for \(baud) baud raw 8N1, the driver set \(actual)"
    case .system(let path, let error): "\(path): \(error.message)"
    }
  }
}

extension SystemError {
  var message: String { "\(call.rawValue): \(text)" }
}

extension FrameError {
  var message: String {
    switch self {
    case .payloadTooLong(let bytes): "a frame of \(bytes) bytes is longer than the limit"
    case .payloadEmpty: "an empty frame"
    case .checksumMissing(let bytes): "a frame of \(bytes) bytes has no room for its checksum"
    case .checksumMismatch(let computed, let received):
      "checksum \(String(received, radix: 16)) received, \(String(computed, radix: 16)) computed"
    case .cobsTruncated(let missing): "a COBS frame ended \(missing) bytes early"
    }
  }
}
