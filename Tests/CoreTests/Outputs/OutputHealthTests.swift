import Testing

@testable import Core

/// Goal: each output's state is its own. Method: a few calls.
@Suite struct OutputHealthTests {
  @Test func `an output is unknown until it was tried, then failing or well`() {
    let health = OutputHealth(count: 2)
    #expect(health.state(of: 0) == .unknown && !health.isFailing(0))
    health.failed(0)
    #expect(health.isFailing(0))
    #expect(health.state(of: 1) == .unknown)
    let (wasFailing, isAgain) = (health.well(0), health.well(0))
    #expect(wasFailing && !isAgain)
    #expect(health.state(of: 0) == .well)
  }
}
