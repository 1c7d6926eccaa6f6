import Testing

@testable import Core

/// Goal: each output's state and count are its own. Method: a few calls.
@Suite struct OutputHealthTests {
  @Test func `an output is unknown until it was tried, then failing or well`() {
    let health = OutputHealth(count: 2)
    #expect(health.state(of: 0) == .unknown && !health.isFailing(0))
    let (first, second) = (health.failed(0), health.failed(0))
    #expect(first == 1 && second == 2)
    #expect(health.isFailing(0) && health.failureCount(of: 0) == 2)
    #expect(health.state(of: 1) == .unknown)
    let (wasFailing, isAgain) = (health.well(0), health.well(0))
    #expect(wasFailing && !isAgain)
    #expect(health.state(of: 0) == .well && health.failureCount(of: 0) == 2)
  }
}
