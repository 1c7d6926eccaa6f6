import CPlatform
import Testing

/// Material beside the checkout that is not part of it: conformance suites, recordings, models.
///
/// `@Test(.enabled(if: SharedMaterial.mayUse("data/falls"), SharedMaterial.comment))`: if the
/// material is not there, the test is skipped and says so. If EDGEAGENT_SHARED names it, the test
/// runs and fails at `path`.
package enum SharedMaterial {
  package static let comment: Comment =
    "the folder shared beside the checkout is absent, or this of it"

  private static let isExpected = getenv("EDGEAGENT_SHARED") != nil

  private static let root: String = {
    if let path = getenv("EDGEAGENT_SHARED") { return String(cString: path) }
    // The folder Tests is in the checkout, and this file may be at any depth in Tests.
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
