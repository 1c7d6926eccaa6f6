import Testing

@testable import Config
@testable import Core

/// Goal: what goes into a poller's token comes out of it, for all tokens that there may be, and no
/// two are the same.
@Suite struct TokenTests {
  @Test func `every token there may be is itself again and no other`() {
    var tokens: [Token] = [.signals, .admissions]
    for sensor in 0..<ConfigurationLimits.sensorsMax {
      for connection in 0..<PipelineLimits.producersMax {
        tokens.append(.connection(wire: sensor, connection: connection))
      }
    }
    for seat in 0..<PipelineLimits.subscribersMax { tokens.append(.subscriber(seat: seat)) }
    for token in tokens { #expect(Token(raw: token.raw) == token) }
    #expect(Set(tokens.map { $0.raw }).count == tokens.count)
    #expect(Token.subscriber(seat: 0).raw == Token.subscriberBase)
  }

  @Test func `its fields keep their greatest values`() {
    let token = Token.connection(wire: 0xFF_FFFF, connection: 0xFF)
    #expect(Token(raw: token.raw) == token)
  }
}
