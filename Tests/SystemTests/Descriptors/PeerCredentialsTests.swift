import CPlatform
import Testing

@testable import System
import TestSupport

/// Goal: the kernel's word on who connected, and nothing made up where there is none. Method: both
/// ends in one process.
@Suite struct PeerCredentialsTests {
  let folder = TestFolder()

  @Test func `who connected is known by process, user and groups`() throws {
    let path = "\(folder.path)/agent.sock"
    let listener = try UnixListener.open(path: path)
    let client = try UnixSocket.connect(path: path)
    let server = try #require(try listener.accept())
    for end in [client, server] {
      let peer = try #require(PeerCredentials(of: end))
      #expect(peer.process == getpid() && PeerCredentials.process(of: end) == getpid())
      #expect(peer.user == geteuid() && peer.group == getegid())
      var own = [gid_t](repeating: 0, count: PeerCredentials.groupsMax)
      let count = getgroups(Int32(own.count), &own)
      #expect(peer.groups.sorted() == own.prefix(max(0, Int(count))).sorted())
    }
  }

  @Test func `at the other end of what is no connection is nobody`() throws {
    let file = try openDescriptor(path: "/dev/null", flags: O_RDONLY)
    #expect(PeerCredentials(of: file) == nil)
    #expect(PeerCredentials.process(of: file) == -1)
  }
}
