import Testing

@testable import Core

/// Goal: unknown spreads only where it matters. Method: all nine pairs.
@Suite struct KleeneTests {
  private static let values: [Bool?] = [true, false, nil]

  @Test func `one false decides and, one true decides or`() {
    for a in Self.values {
      #expect(Kleene.not(a) == a.map { !$0 })
      for b in Self.values {
        let all: Bool? = [a, b].contains(false) ? false : [a, b].contains(nil) ? nil : true
        let any: Bool? = [a, b].contains(true) ? true : [a, b].contains(nil) ? nil : false
        #expect(Kleene.and(a, b) == all)
        #expect(Kleene.or(a, b) == any)
      }
    }
  }
}
