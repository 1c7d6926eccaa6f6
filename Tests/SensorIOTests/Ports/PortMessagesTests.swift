import CPlatform
import TestSupport
import Testing

@testable import SensorIO
@testable import System
@testable import Text

/// Goal: every fault of a port, a frame or a recording has a separate sentence.
/// Method: one error of every case, compared with the list in the source.
@Suite struct PortMessagesTests {
  private static let fields = [FieldSettings(name: "ax"), FieldSettings(name: "ay")]
  private static let system = SystemError(call: .open, code: EACCES)
  private static let json: JSONError = {
    do throws(JSONError) {
      _ = try JSONValue.parse(UnsafeRawBufferPointer(start: nil, count: 0))
      preconditionFailure("nothing is no document")
    } catch {
      return error
    }
  }()

  private static let decodeErrors: [DecodeError] =
    [
      .fieldCount(expected: 2, found: 1), .notText, .beforeHeader, .noValue(.text),
      .fieldDuplicate(field: 0), .jsonMalformed(json), .notAnObject,
      .payloadBytes(expected: 2, found: 1),
    ] + FieldFault.allCases.map { .dropped(field: 1, $0) }

  @Test func `ports`() throws {
    let errors: [PortError] = [
      .missing(path: "/p"), .notPermitted(path: "/p"), .busy(path: "/p"), .notTerminal(path: "/p"),
      .socket(.notSocket(path: "/p")), .isFolder(path: "/p"),
      .socket(.noListener(path: "/p")), .socket(.pathBytes(path: "/p", bytes: 108)),
      .socket(.missing(path: "/p")), .socket(.notPermitted(path: "/p")),
      .baudUnknown(baud: 7),
      .settingsRefused(path: "/p", wanted: SerialSettings(), actual: 0),
      .system(path: "/p", Self.system),
    ]
    expectSentences(errors) {
      $0.message
    }
    #expect(Self.system.message == "open: Permission denied")
  }

  @Test func `frames`() throws {
    let errors: [FrameError] = [
      .payloadTooLong(bytes: 513), .payloadEmpty, .checksumMissing(bytes: 1),
      .checksumMismatch(computed: 0xABCD, received: 1), .cobsTruncated(missing: 2),
      .payloadTooShort(bytes: 3), .escapeBroken, .aborted, .endMissing, .startMissing(bytes: 11),
      .sentenceCut(bytes: 9),
    ]
    expectSentences(errors) {
      $0.message
    }
  }

  @Test func `decoding and its set-up`() throws {
    expectSentences(Self.decodeErrors) {
      $0.message(Self.fields)
    }
    let setup: [DecodingSetupError] = [
      .fieldCount(found: 257, max: 256), .nameEmpty(field: 0), .nameRepeated(field: 1),
      .scaleUnusable(field: 0), .offsetNotFinite(field: 0), .placeUnusable(field: 0),
      .bitsUnusable(field: 0), .wordsUnusable(field: 0), .invalidUnusable(field: 0),
      .durationUnusable(field: 0), .nameUnknown(field: 0),
      .separatorUnusable(9), .samplesUnusable, .clockUnusable,
      .payloadTooLong(bytes: 1025, max: 1024), .binaryInLines, .notEncodable,
    ]
    expectSentences(setup) { $0.message }
  }

  @Test(arguments: [(1, "1 field, expected 6"), (7, "7 fields, expected 6")])
  func `a count agrees with its noun`(found: Int, sentence: String) {
    #expect(DecodeError.fieldCount(expected: 6, found: found).message(Self.fields) == sentence)
  }

  @Test func `recordings, every fault of a row among them`() throws {
    let errors: [RecordingError] = [
      .port(.missing(path: "/p")), .system(Self.system), .headerMissing,
      .header(.nameEmpty(field: 0)), .lineTooLong(line: 3, bytesMax: 512),
      .row(line: 4, .dropped(field: 0, .text)),
    ]
    expectSentences(
      errors
    ) { $0.message }
    for error in Self.decodeErrors {
      expectSentence(RecordingError.row(line: 4, error).message, for: error)
    }
  }

  @Test func `samples that cannot be sent`() throws {
    let errors: [SampleEncodingError] = [
      .notFinite(field: 0), .outOfRange(field: 1), .frame(.payloadEmpty),
    ]
    expectSentences(
      errors
    ) { $0.message(Self.fields) }
  }
}
