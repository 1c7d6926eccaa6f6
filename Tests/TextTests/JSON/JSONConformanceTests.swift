import Testing

import TestSupport
@testable import Text

/// Goal: the reader agrees with RFC 8259 wherever the standard decides.
/// Method: JSONTestSuite, read as tokens and as whole documents; both readers must agree.
@Suite struct JSONConformanceTests {
  private func tokensAccept(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { bytes in
      var tokenizer = JSONTokenizer(bytes)
      do throws(JSONError) {
        while try tokenizer.next() != nil {}
        return true
      } catch {
        return false
      }
    }
  }

  private func builderAccepts(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes {
      (try? JSONValue.parse($0, JSONOptions(duplicates: .kept))) != nil
    }
  }

  @Test(.enabled(if: SharedMaterial.mayUse("conformance/json"), SharedMaterial.comment))
  func `accepts what it must and refuses what it must`() throws {
    let folder = try SharedMaterial.path("conformance/json")
    var (accepted, refused, free, freeAccepted) = (0, 0, 0, 0)
    for name in names(in: folder) where name.hasSuffix(".json") {
      let bytes = try contents(of: "\(folder)/\(name)")
      let (tokens, builder) = (tokensAccept(bytes), builderAccepts(bytes))
      switch name.first {
      case "y":
        #expect(tokens && builder, "\(name)")
        accepted += tokens && builder ? 1 : 0
      case "n":
        #expect(!tokens && !builder, "\(name)")
        refused += tokens || builder ? 0 : 1
      case "i":
        free += 1
        freeAccepted += builder ? 1 : 0
      default: Issue.record("\(name) is of no kind")
      }
    }
    print("JSON: \(accepted) accepted, \(refused) refused, \(free) free (\(freeAccepted) accepted)")
    #expect(accepted == 95 && refused == 188 && free == 35)
  }
}
