import Testing

@testable import Sync

/// Goal: what comes up is heard, the kernel's chatter is not, and cut messages do no harm.
@Suite struct LinkWatcherTests {
  /// A netlink message: length, type, 10 bytes, the body.
  private func message(_ type: UInt16, _ body: [UInt8]) -> [UInt8] {
    let length = UInt32(16 + body.count)
    var bytes = withUnsafeBytes(of: length) { Array($0) } + withUnsafeBytes(of: type) { Array($0) }
    bytes += [UInt8](repeating: 0, count: 10) + body
    while bytes.count % 4 != 0 { bytes.append(0) }
    return bytes
  }

  /// RTM_NEWLINK (16) or RTM_DELLINK (17) of an interface; IFF_RUNNING is 0x40.
  private func link(_ index: UInt8, isRunning: Bool, type: UInt16 = 16) -> [UInt8] {
    message(
      type, [0, 0, 0, 0, index, 0, 0, 0, isRunning ? 0x41 : 1, 0, 0, 0] + [0, 0, 0, 0])
  }

  private func news(_ watcher: LinkWatcher, _ bytes: [UInt8]) -> LinkWatcher.News {
    bytes.withUnsafeBytes { watcher.readMessages($0) }
  }

  @Test func `a carrier counts once`() {
    let watcher = LinkWatcher()
    let answers = [
      news(watcher, link(2, isRunning: false)), news(watcher, link(2, isRunning: true)),
      news(watcher, link(2, isRunning: true)), news(watcher, link(3, isRunning: true)),
      news(watcher, link(2, isRunning: false)), news(watcher, link(2, isRunning: true)),
      news(watcher, link(2, isRunning: true, type: 17)), news(watcher, link(2, isRunning: true)),
    ]
    let up = answers.map { $0 == .carrier }
    #expect(up == [false, true, false, true, false, true, false, true])
    #expect(!answers.contains(.address))
  }

  @Test func `addresses and routes count, their going does not`() {
    let watcher = LinkWatcher()
    #expect(news(watcher, message(20, [2, 24, 0, 0, 2, 0, 0, 0])) == .address)
    #expect(news(watcher, message(24, [UInt8](repeating: 0, count: 12))) == .address)
    #expect(news(watcher, message(21, [2, 24, 0, 0, 2, 0, 0, 0])) == .nothing)
    #expect(news(watcher, message(25, [UInt8](repeating: 0, count: 12))) == .nothing)
    #expect(news(watcher, message(21, [1, 2, 3]) + message(20, [0])) == .address)
  }

  @Test func `cut messages say nothing`() {
    let whole = link(2, isRunning: true)
    for count in 0..<whole.count {
      #expect(news(LinkWatcher(), Array(whole[..<count])) == .nothing)
    }
    #expect(news(LinkWatcher(), [3, 0, 0, 0] + [UInt8](repeating: 0, count: 12)) == .nothing)
    #expect(news(LinkWatcher(), message(16, [1, 2, 3])) == .nothing)
  }

  @Test func `nothing happened, nothing is heard`() {
    let watcher = LinkWatcher()
    #expect(watcher.descriptor >= 0)
    _ = watcher.news()
    #expect(watcher.news() == .nothing)
  }
}
