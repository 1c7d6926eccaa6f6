import Testing

@testable import Models
@testable import Sync
@testable import System
import TestSupport

/// Goal: what a verifying process says arrives as it was meant, and nothing else is taken for it.
/// Method: every answer there and back; every cut, every length and random bytes.
@Suite struct AdoptionAnswerTests {
  private static let verdicts: [AdoptionVerdict] =
    Installer.Outcome.allCases.map { .adopted($0) } + [
      .refused(.found(["one"])), .postponed(.found(["one", "", "thr\u{E9}e\n"])),
    ]

  @Test(arguments: verdicts) func `comes back`(verdict: AdoptionVerdict) {
    let bytes = AdoptionAnswer.bytes(verdict)
    #expect(AdoptionAnswer.verdict(bytes) == verdict)
    for count in bytes.indices { #expect(AdoptionAnswer.verdict(Array(bytes[..<count])) == nil) }
    #expect(AdoptionAnswer.verdict(bytes + [0]) == nil)
  }

  @Test func `what is too long is cut and still an answer`() {
    let long = String(repeating: "x", count: 20_000)
    for lines in [[long], Array(repeating: long, count: 3), Array(repeating: "y", count: 1000)] {
      let bytes = AdoptionAnswer.bytes(.refused(.found(lines)))
      #expect(bytes.count <= AdoptionAnswer.bytesMax)
      guard case .refused(.found(let found))? = AdoptionAnswer.verdict(bytes) else {
        Issue.record("no answer")
        continue
      }
      #expect(!found.isEmpty && found.count <= 255 && lines[0].hasPrefix(found[0]))
    }
    let most = AdoptionAnswer.bytes(.refused(.found([long])))
    #expect(most.count == AdoptionAnswer.bytesMax && AdoptionAnswer.verdict(most + [0]) == nil)
  }

  @Test func `a child does not say what only its parent can know`() {
    for verdict: AdoptionVerdict in [
      .cancelled, .refused(.late(seconds: 1)), .postponed(.killed), .refused(.crashed(signal: 11)),
    ] { #expect(AdoptionAnswer.bytes(verdict).isEmpty) }
  }

  @Test(
    arguments: [
      [], [0], [5], [0xFF], [1, 0], [0x10], [0x10, 0], [0x10, 1], [0x10, 1, 0], [0x10, 1, 1, 0],
      [0x10, 1, 0xFF, 0xFF, 0x61], [0x11, 2, 0, 0], [0x11, 255],
    ] as [[UInt8]])
  func `what is no answer is none`(bytes: [UInt8]) {
    #expect(AdoptionAnswer.verdict(bytes) == nil)
  }

  @Test func `random bytes do no harm`() {
    var random = seededRandom("what a child may say")
    for _ in 0..<20_000 {
      let count = Int(random.next(below: 40))
      var bytes = (0..<count).map { _ in UInt8(random.next(below: 256)) }
      if count > 1 { (bytes[0], bytes[1]) = (0x10, UInt8(random.next(below: 4))) }
      guard case .refused(.found(let lines))? = AdoptionAnswer.verdict(bytes) else { continue }
      #expect(lines.count == Int(bytes[1]))
    }
  }

  @Test func `every end has its sentence`() {
    let reference = InstallReference(name: "fall", version: "2")
    let faults: [AdoptionFault] = [
      .found(["a"]), .late(seconds: 600), .crashed(signal: 11), .killed, .silent, .noPipe(code: 24),
      .noProcess(code: 11),
    ]
    let lines = faults.map { $0.lines(reference) }
    for line in lines { expectSentence(line[0], for: line) }
    #expect(Set(lines).count == faults.count)
    #expect(lines[1] == ["fall/2: its verification took longer than 600 s on this board"])
  }
}
