import CPlatform
import Testing

@testable import Config
@testable import Core
@testable import EdgeRuntime
@testable import Models
@testable import SensorIO
@testable import System
import TestSupport

/// Goal: every fault that keeps the agent from starting has its sentences, and the exit code that
/// says whether a person must change something.
@Suite struct StartMessagesTests {
  private static let file = "/models/fall/1/model.tflite"
  private static let missing = ConfigurationError([
    ConfigurationFault(place: Make.place, kind: .unreadable(.system(code: ENOENT)))
  ])

  private static let bundleErrors: [BundleError] = [
    .notInstalled(folder: "/m", available: []),
    .versionNotInstalled(folder: "/m/1", available: ["2"]),
    .file(path: file, .system(code: ENOENT)),
    .manifest(missing), .misplaced(path: file, name: "fall", version: "2"),
    .model(path: file, .identifierWrong(found: 0)),
    .tensorCount(path: file, inputs: 2, outputs: 1),
    .windowSize(place: Make.place, window: 2, features: 3, modelValues: 7),
    .labelCount(place: Make.place, labels: 2, modelScores: 3),
    .reconstruction(place: Make.place, windowValues: 6, modelValues: 5),
    .golden(path: file, .notGolden),
    .tooSlow(place: Make.place, nanoseconds: 3_000_000, nanosecondsMax: 1_000_000),
  ]

  @Test func `starts that fail`() throws {
    let errors: [(StartError, exitCode: Int32)] = [
      (.system(SystemError(call: .epoll_create, code: EMFILE)), 1), (.noThread, 1),
      (.noSensor(place: Make.place), 78),
      (.eventsSocket(place: Make.place, .busy(path: "/p")), 1),
      (.decoding(place: Make.place, .nameEmpty(field: 0)), 78),
      (.bundle(pipeline: "fall", place: Make.place, Self.bundleErrors[0]), 78),
      (.configuration(Self.missing), 78),
      (.scorer(place: Make.place, .inputNotQuantized), 78),
      (.rate(place: Make.place, found: 25, model: "fall", expected: 50), 78),
      (.labelUnknown(place: Make.place, label: "a", labels: ["b", "c"]), 78),
      (.spareTooLarge(place: Make.place, bytes: 20, bytesMax: 10), 78), (.nothingToRun(5), 5),
    ]
    expectSentences(
      errors.map { $0.0 }
    ) { $0.lines.joined(separator: "; ") }
    for (error, exitCode) in errors {
      #expect(error.exitCode == exitCode)
      for line in error.lines { expectSentence(line, for: error) }
    }
  }

  @Test func `bundles that are refused`() throws {
    expectSentences(
      Self.bundleErrors
    ) { $0.lines.joined(separator: "; ") }
    let installed = BundleError.notInstalled(folder: "/m", available: ["1", "2"])
    #expect(installed.lines == ["/m: no such model; installed: \"1\", \"2\""])
    let version = BundleError.versionNotInstalled(folder: "/m/9", available: ["1", "2"])
    #expect(version.lines == ["/m/9: no such version; installed: \"1\", \"2\""])
  }

  @Test func `golden vectors that are refused`() throws {
    let errors: [GoldenError] = [
      .notGolden, .format(found: 2), .size(found: 3),
      .shape(inputBytes: 1, outputBytes: 2, modelInputBytes: 3, modelOutputBytes: 4),
      .differs(sample: 1, byte: 2, expected: 3, found: 4),
    ]
    expectSentences(errors) {
      $0.message
    }
  }

  @Test func `scorers that cannot be made`() throws {
    let errors: [ScorerError] = [
      .stepsOutOfRange(found: 0, limit: 1), .axesOutOfRange(found: 0, limit: 1),
      .strideOutOfRange(found: 0, limit: 1), .scalingCount(found: 1, expected: 2),
      .scalingInvalid(axis: 0), .inputCount(found: 2), .outputCount(found: 2),
      .inputElements(found: 1, expected: 2), .inputType(.int32), .outputType(.int32),
      .inputNotQuantized, .outputNotQuantized, .model(.memoryUnavailable(bytes: 1)),
    ]
    expectSentences(
      errors
    ) { $0.message }
  }
}
