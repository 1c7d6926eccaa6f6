import CPlatform
import Testing

@testable import Core
@testable import System
import TestSupport

/// Goal: the coming of a port's file is noticed, wherever on the way to it something was missing.
/// Method: files, links and folders made by the test; the kernel tells of each at once.
@Suite struct PortWatchTests {
  let folder = TestFolder()
  private var path: String { folder.path + "/serial/by-id/probe" }

  private func make(_ names: String...) {
    for name in names { _ = mkdir("\(folder.path)/\(name)", 0o700) }
  }

  @Test func `a file that comes to be is noticed, and no other`() throws {
    make("serial", "serial/by-id")
    let watch = PortWatch([nil, path, folder.path + "/serial/by-id/other"])
    #expect(watch.descriptor >= 0 && watch.take().isEmpty)
    try folder.file("serial/by-id/probe")
    #expect(watch.take() == [1])
    try folder.file("serial/by-id/stranger")
    #expect(watch.take().isEmpty)
    #expect(chmod(path, 0o600) == 0)
    #expect(watch.take() == [1], "udev makes a device and then lets others in")
  }

  @Test func `a link that takes the place of another is noticed`() {
    make("serial", "serial/by-id")
    let watch = PortWatch([path])
    #expect(symlink("/dev/null", path + ".new") == 0)
    #expect(watch.take().isEmpty)
    #expect(rename(path + ".new", path) == 0)
    #expect(watch.take() == [0])
  }

  @Test func `folders on the way may be missing, come, and go`() throws {
    let watch = PortWatch([path])
    for round in 0..<3 {
      make("serial")
      #expect(watch.take() == [0], "round \(round)")
      watch.watch(0)
      make("serial/by-id")
      #expect(watch.take() == [0])
      watch.watch(0)
      try folder.file("serial/by-id/probe")
      #expect(watch.take() == [0])
      // As udev does with the last device.
      Folders.removeTree(folder.path + "/serial")
      #expect(eventually { watch.take() == [0] })
      while !watch.take().isEmpty {}
    }
  }
}
