import CPlatform
import Testing

/// Material beside the checkout, which is no part of it: conformance suites, recordings, models.
///
/// `@Test(.enabled(if: SharedMaterial.mayUse("data/falls"), SharedMaterial.comment))`: without it
/// the test is skipped and says so. Where it is expected the test runs, and fails at `path`.
package enum SharedMaterial {
  package static let comment: Comment =
    "the folder shared beside the checkout is absent, or this of it"

  /// In CI, and where EDGEAGENT_SHARED names the folder.
  private static let isExpected =
    getenv("EDGEAGENT_SHARED") != nil || getenv("CI").map { String(cString: $0) } == "true"

  private static let root: String = {
    if let path = getenv("EDGEAGENT_SHARED") { return String(cString: path) }
    // Tests is in the checkout, however deep this file is in Tests.
    let parts = #filePath.split(separator: "/")
    return "/" + parts[..<parts.lastIndex(of: "Tests")!].joined(separator: "/") + "/../shared"
  }()

  package static func mayUse(_ name: String) -> Bool {
    isExpected || access("\(root)/\(name)", R_OK) == 0
  }

  package static func path(_ name: String) throws -> String {
    let path = "\(root)/\(name)"
    return try #require(access(path, R_OK) == 0 ? path : nil, "\(path) is absent")
  }
}
