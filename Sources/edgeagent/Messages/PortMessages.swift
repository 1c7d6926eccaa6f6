import SensorIO
import System
import Text

extension PortError {
  var message: String {
    switch self {
    case .missing(let path):
      "\(path): no such device or file; is it plugged in? (`ls /dev/serial/by-id` lists what is)"
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

extension DecodeError {
  /// - Parameter fields: the sensor's, to name one.
  func message(_ fields: [FieldSettings]) -> String {
    switch self {
    case .fieldCount(let expected, let found): "\(found) fields, expected \(expected)"
    case .notANumber(let field): "field \(fields[field].name) is not a number"
    case .notFinite(let field): "field \(fields[field].name) is not a finite number"
    case .fieldMissing(let field): "field \(fields[field].name) is missing"
    case .fieldDuplicate(let field): "field \(fields[field].name) is there twice"
    case .jsonMalformed(let error):
      "not JSON at line \(error.line), column \(error.column)"
    case .notAnObject: "not a JSON object"
    case .payloadBytes(let expected, let found): "\(found) bytes, the fields need \(expected)"
    }
  }
}

extension RecordingError {
  var message: String {
    switch self {
    case .port(let error): error.message
    case .system(let error): error.message
    case .headerMissing: "no header; the first line must name the columns"
    case .header(let error): "header: \(error.message)"
    case .lineTooLong(let line, let bytesMax): "line \(line) is longer than \(bytesMax) bytes"
    case .row(let line, .notANumber(let column)):
      "line \(line): column \(column + 1) is not a number"
    case .row(let line, .fieldCount(let expected, let found)):
      "line \(line): \(found) columns, the header names \(expected)"
    case .row(let line, _): "line \(line) is not a row of finite numbers"
    }
  }
}

extension SampleEncodingError {
  func message(_ fields: [FieldSettings]) -> String {
    switch self {
    case .notFinite(let field): "\(fields[field].name) is not finite"
    case .outOfRange(let field):
      "\(fields[field].name) does not fit \(fields[field].type.rawValue) with its scale"
    case .frame(let error): error.message
    }
  }
}

extension DecodingSetupError {
  var message: String {
    switch self {
    case .fieldCount(let found, let max): "\(found) fields; at most \(max) are decoded"
    case .nameEmpty(let field): "field \(field + 1) has no name"
    case .nameRepeated(let field): "field \(field + 1) has the name of another"
    case .scaleUnusable(let field): "the scale of field \(field + 1) is 0 or not finite"
    case .offsetNotFinite(let field): "the offset of field \(field + 1) is not finite"
    case .payloadTooLong(let bytes, let max): "\(bytes) bytes a frame; at most \(max) are read"
    case .binaryInLines:
      "binary fields cannot go in lines, whose end any byte may be; use length or cobs framing"
    }
  }
}
