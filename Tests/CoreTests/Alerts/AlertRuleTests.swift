import Testing

@testable import Core

/// Goal: every path through the alert's states; neither one odd score nor a trembling one raises or
/// clears it. Method: scores by hand, one a second; a letter for each answer: R raised, C cleared,
/// A again, `.` nothing.
@Suite struct AlertRuleTests {
  private func rule(
    votes: (Int, Int) = (1, 1), hold: Int64 = 0, latches: Bool = false
  ) -> AlertRule {
    AlertRule(
      above: 0.9, clearBelow: 0.6, votesNeeded: votes.0, votesOf: votes.1,
      holdNanoseconds: hold * 1_000_000_000, latches: latches)
  }

  private func letters(_ rule: AlertRule, _ scores: [Float]) -> String {
    var rule = rule
    var letters = ""
    for (second, score) in scores.enumerated() {
      switch rule.judge(score, at: Int64(second) * 1_000_000_000) {
      case .raised: letters += "R"
      case .cleared: letters += "C"
      case .repeated: letters += "A"
      case nil: letters += "."
      }
    }
    return letters
  }

  @Test func `raises at the level itself and clears only below the lower one`() {
    #expect(letters(rule(), [0.89, 0.9, 0.95, 0.6, 0.89, 0.59, 0.0]) == ".R...C.")
  }

  @Test func `one odd score raises nothing when two of three are needed`() {
    #expect(letters(rule(votes: (2, 3)), [0.95, 0.7, 0.7, 0.95, 0.7, 0.7]) == "......")
    #expect(letters(rule(votes: (2, 3)), [0.95, 0.7, 0.95]) == "..R")
    #expect(letters(rule(votes: (2, 3)), [0.95, 0.95]) == ".R")
  }

  @Test func `any two of three count, also with a low one between`() {
    #expect(letters(rule(votes: (2, 3)), [0.95, 0.1, 0.95]) == "..R")
    #expect(letters(rule(votes: (2, 3)), [0.95, 0.1, 0.1, 0.95]) == "....")
  }

  @Test func `an episode's votes end with it`() {
    #expect(letters(rule(votes: (2, 3)), [0.95, 0.95, 0.1, 0.95, 0.95]) == ".RC.R")
  }

  @Test func `thirty-two of thirty-two needs all of them`() {
    let all = [Float](repeating: 1, count: 32)
    #expect(letters(rule(votes: (32, 32)), all) == String(repeating: ".", count: 31) + "R")
    #expect(!letters(rule(votes: (32, 32)), [0.7] + all.dropLast()).contains("R"))
  }

  @Test func `holds for the whole time before it raises`() {
    #expect(letters(rule(hold: 2), [0.95, 0.95, 0.95, 0.95]) == "..R.")
    #expect(letters(rule(hold: 2), [0.95, 0.7, 0.7]) == "..R", "between the levels it goes on")
    #expect(letters(rule(hold: 2), [0.95, 0.1, 0.95, 0.95, 0.95]) == "....R")
  }

  @Test func `a latched alert stays and says when it happens again`() {
    #expect(letters(rule(latches: true), [0.95, 0.1, 0.1, 0.95, 0.1]) == "R..A.")
    #expect(
      letters(rule(hold: 1, latches: true), [0.95, 0.95, 0.1, 0.95, 0.1, 0.95, 0.95]) == ".R....A")
  }

  @Test func `acknowledging clears a latched alert once its episode is over`() {
    var rule = rule(latches: true)
    #expect(rule.acknowledge() == nil)
    #expect(rule.judge(1, at: 0) == .raised)
    #expect(rule.acknowledge() == nil, "still going on")
    #expect(rule.stands)
    #expect(rule.judge(0, at: 1) == nil)
    #expect(rule.acknowledge() == .cleared)
    #expect(!rule.stands)
    #expect(rule.judge(1, at: 2) == .raised)
  }

  @Test func `a gap forgets votes and holds but not an alert`() {
    var voting = rule(votes: (2, 2))
    #expect(voting.judge(1, at: 0) == nil)
    voting.forgetEpisode()
    #expect(voting.judge(1, at: 1) == nil)
    #expect(voting.judge(1, at: 2) == .raised)
    voting.forgetEpisode()
    #expect(voting.stands)
    var holding = rule(hold: 5)
    #expect(holding.judge(1, at: 0) == nil)
    holding.forgetEpisode()
    #expect(holding.judge(1, at: 6_000_000_000) == nil)
  }

  @Test func `a score that is not a number neither raises nor clears`() {
    #expect(letters(rule(), [.nan, 0.95, .nan, 0.1]) == ".R.C")
  }
}
