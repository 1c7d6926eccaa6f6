import Testing

@testable import EdgeRuntime

/// Goal: every operator of the runtime computes the same as the reference, and any checkout can
/// prove that without further files.
/// Method: the models of Tests/golden/data, byte for byte. A case that is refused must be in the
/// list beside the models, so that it cannot pass for a match. An operator that no case runs must
/// be in the list here.
@Suite struct OwnGoldenTests {
  /// Operators that no case can run, each with its reason.
  private static let uncovered: [String: String] = [:]

  @Test func `every case matches byte for byte`() throws {
    let refused = try OwnGolden.refused()
    var faults: [String] = []
    for (name, _) in try OwnGolden.cases() {
      switch load(try OwnGolden.bytes(name + ".tflite")) {
      case .success(let model):
        if refused.contains(name) { faults.append("\(name): loads; take it off the list") }
        let vectors = GoldenVectors(
          inputs: try OwnGolden.bytes(name + ".in.bin"),
          outputs: try OwnGolden.bytes(name + ".out.bin"))
        if let fault = try vectors.fault(model) { faults.append("\(name): \(fault)") }
      case .failure(let error):
        if !refused.contains(name) { faults.append("\(name): \(error)") }
      }
    }
    let list = faults.joined(separator: "\n")
    #expect(faults.isEmpty, "\(faults.count) faults:\n\(list)")
  }

  @Test func `every operator has a case that runs`() throws {
    let refused = try OwnGolden.refused()
    var covered: Set<String> = []
    for (name, operators) in try OwnGolden.cases() where !refused.contains(name) {
      covered.formUnion(operators)
    }
    let supported = Set(OperatorName.supported)
    #expect(supported.subtracting(covered) == Set(Self.uncovered.keys))
  }

  @Test func `the lists name cases and operators that there are`() throws {
    let cases = try OwnGolden.cases()
    #expect(try OwnGolden.refused().isSubset(of: cases.map(\.name)))
    #expect(Set(Self.uncovered.keys).isSubset(of: OperatorName.supported))
  }
}

/// The golden files of the checkout.
enum OwnGolden {
  struct Missing: Error {
    let file: String
  }

  private static let folder: String = {
    let here = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return here.dropLast(2).joined(separator: "/") + "/golden"
  }()

  static func bytes(_ file: String) throws -> [UInt8] { try read("data/" + file) }

  private static func read(_ file: String) throws -> [UInt8] {
    guard let bytes = Files.read("\(folder)/\(file)") else { throw Missing(file: file) }
    return bytes
  }

  /// Cases that the runtime refuses although it has their operators. A line that begins with #
  /// gives the reason for the names after it.
  static func refused() throws -> Set<String> {
    let lines = String(decoding: try read("refused.txt"), as: UTF8.self).split(separator: "\n")
    return Set(
      lines.filter { !$0.hasPrefix("#") }.flatMap { $0.split(separator: " ") }.map(String.init))
  }

  /// Each case's name and operators. The generator writes one case on each line, so no JSON reader
  /// is needed here: in a line, words in quotes alternate with text outside of quotes.
  static func cases() throws -> [(name: String, operators: Set<String>)] {
    let lines = String(decoding: try bytes("cases.json"), as: UTF8.self).split(separator: "\n")
    return lines.dropFirst().dropLast().map { line in
      let pieces = line.split(separator: "\"", omittingEmptySubsequences: false).map(String.init)
      let operators = pieces.firstIndex(of: "ops")! + 2
      let end = pieces[operators...].firstIndex { $0.contains("}") }!
      return (
        name: pieces[pieces.firstIndex(of: "name")! + 2],
        operators: Set(stride(from: operators, to: end, by: 2).map { pieces[$0] })
      )
    }
  }
}
