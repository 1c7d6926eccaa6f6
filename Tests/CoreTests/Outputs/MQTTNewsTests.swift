import TestSupport
import Testing

@testable import Config
@testable import Core

/// Goal: a broker is told what it does not know, in the right order, once. Method: events and
/// questions by hand; no connection.
@Suite struct MQTTNewsTests {
  let folder = TestFolder()

  private func news(discovery: String? = nil) -> MQTTNews {
    var broker = MQTTSettings(socket: "/run/b.sock", topic: "e")
    broker.discovery = discovery
    let configuration = Make.outputs(
      folder, [Make.alert("low", severity: .info), Make.alert("high"), Make.alert("elsewhere")])
    return MQTTNews(MQTTTexts(configuration, broker, alerts: [1, 0]), alertCount: 3)
  }

  private func topics(_ news: inout MQTTNews) -> [String] {
    let line = Array("{}\n".utf8)
    return line.withUnsafeBytes { bytes in
      var topics: [String] = []
      while let message = news.next({ _ in bytes }) { topics.append(message.topic) }
      return topics
    }
  }

  @Test func `nothing is told before there is news`() {
    var news = news(discovery: "ha")
    #expect(news.isEmpty)
    #expect(topics(&news) == [])
  }

  @Test func `a new connection hears all, an event only what it changed`() {
    var news = news(discovery: "ha")
    news.greet()
    #expect(!news.isEmpty)
    #expect(
      topics(&news) == ["e/status", "e/alert/high", "e/alert/low", "ha/device/ward-7/config"])
    #expect(news.isEmpty)
    news.note(QueuedEvent(event: Make.event(.raised)))
    #expect(news.untoldCount == 1)
    #expect(topics(&news) == ["e/alert/low", "e/events"])
    news.repeatAll()
    #expect(topics(&news) == ["e/alert/high", "e/alert/low", "ha/device/ward-7/config"])
  }

  @Test func `a flood of one alert is its state, its first raise and its end`() {
    var news = news()
    for _ in 0..<100 {
      news.note(QueuedEvent(event: Make.event(.raised)))
      news.note(QueuedEvent(event: Make.event(.cleared)))
    }
    #expect(topics(&news) == ["e/alert/low", "e/events", "e/events"])
  }
}
