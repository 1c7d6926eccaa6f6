import System
import Text

extension ModbusFault {
  /// What went wrong, and what to look at.
  @export(interface)
  package func message(timeoutNanoseconds: Int64) -> String {
    switch self {
    case .timeout:
      "no answer within \(timeoutNanoseconds / 1_000_000) ms; is the unit there, with this rate and "
        + "parity?"
    case .broken(let bytes):
      "\(Decimal.count(bytes, "byte")) and no whole answer within "
        + "\(timeoutNanoseconds / 1_000_000) ms"
    case .checksum(let computed, let received):
      "checksum \(String(received, radix: 16)) received, \(String(computed, radix: 16)) computed"
    case .exception(let code): "exception \(code), \(Self.exceptionText(code))"
    case .byteCount(let expected, let received):
      "the answer has \(Decimal.count(received, "byte")) of data where \(expected) were asked for"
    }
  }

  /// The codes of the application protocol 1.1b3, section 7.
  private static func exceptionText(_ code: UInt8) -> String {
    switch code {
    case 1: "the unit does not know this function"
    case 2: "the unit has nothing at this address, or less than was asked for"
    case 3: "the unit takes no request for so many at once"
    case 4: "the unit has failed"
    case 5: "the unit needs longer for its answer"
    case 6: "the unit is busy"
    case 8: "the unit's memory is damaged"
    case 10: "the gateway has no way to the unit"
    case 11: "the unit behind the gateway does not answer"
    default: "which no standard names"
    }
  }
}

extension ModbusRequest {
  /// `unit 1, function 4, registers 6 to 11`, for people.
  @export(interface)
  package var text: String {
    let noun = function.readsBits ? "coil" : "register"
    let last = Int(address) + count - 1
    return "unit \(unit), function \(function.rawValue), \(noun)"
      + (count == 1 ? " \(address)" : "s \(address) to \(last)")
  }
}

extension ModbusProblem {
  package var message: String {
    @export(interface)
    get {
      switch self {
      case .requestWithoutField(let index):
        "request \(index + 1) of polls reads no field; correct its place, or remove it"
      case .imageTooLong(let bytes, let max):
        "the requests read \(bytes) bytes a cycle, at most \(max) are taken; make two sensors of this"
      }
    }
  }
}

extension ModbusCounters {
  /// What became of requests, in words, each with its count.
  package var kinds: [(words: String, count: UInt64)] {
    [
      ("without an answer", timeouts), ("answered by an exception", exceptions),
      ("wrong checksum", checksums),
      ("answers that were not whole", broken), ("answers of another length", byteCounts),
      ("asked again", retries), ("stray answers", strays), ("cycles left out", cyclesMissed),
    ]
  }
}
