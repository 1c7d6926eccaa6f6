import Testing

@testable import Config
@testable import Models
@testable import System
import TestSupport
@testable import Text

/// Goal: no bytes crash the readers, and every refusal has a place in the document. Method: right
/// documents with bytes changed, removed, doubled and moved at random. The seed is printed, and
/// EDGEAGENT_SEED repeats a run.
@Suite struct TOMLMutationTests {
  @Test func `mutated documents are read or refused`() {
    var random = seededRandom("mutated documents")
    var refused = 0
    for _ in 0..<6000 {
      var bytes = Array(Self.documents[Int(random.next() % 3)].utf8)
      for _ in 0...random.next() % 4 { mutate(&bytes, &random) }
      let source = ConfigurationSource(file: "t", bytes: bytes)
      let lineCount = bytes.count { $0 == UInt8(ascii: "\n") } + 1
      do throws(ConfigurationError) {
        _ = try Configuration.parse([source])
      } catch {
        refused += 1
        let places = error.faults.map { $0.place }
        #expect(places.allSatisfy { $0.column >= 1 && (1...lineCount).contains($0.line) })
        #expect(error.messages.allSatisfy { !$0.contains("\n") && !$0.contains("\u{1B}") })
      }
      _ = try? ModelManifest.parse(source)
    }
    print("mutations: \(refused) of 6000 refused")
    #expect(refused > 3000)
  }

  private func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix) {
    guard !bytes.isEmpty else { return }
    let index = Int(random.next() % UInt64(bytes.count))
    let end = min(bytes.count, index + 1 + Int(random.next() % 12))
    switch random.next() % 6 {
    case 0: bytes[index] = UInt8(truncatingIfNeeded: random.next())
    case 1: bytes.remove(at: index)
    case 2: bytes.removeSubrange(index..<end)
    case 3: bytes.insert(contentsOf: bytes[index..<end], at: index)
    case 4:
      let marks = Array("[]{}=.,\"'\\#\n -+_0eE:TZ".utf8)
      bytes.insert(marks[Int(random.next() % UInt64(marks.count))], at: index)
    default:
      let other = Int(random.next() % UInt64(bytes.count))
      bytes.swapAt(index, other)
    }
  }

  private static let documents = [
    ConfigurationFaultCase.configuration, ConfigurationFaultCase.manifest,
    """
    a.b = [1, 0x1F, -1.5e3, inf, true, 1979-05-27T07:32:00Z, 07:32:00.5]
    'c' = { d = "\\u00E9\\n", e = '''x''', f = \"""
      y \\
      z\""" }
    [[g.h]]
    [g.h.i]
    """,
  ]
}
