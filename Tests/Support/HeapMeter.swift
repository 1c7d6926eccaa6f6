import CPlatform
import Testing

/// The allocated bytes as the C library counts them.
package enum HeapMeter {
  /// False under a sanitizer, which has another allocator.
  package static let works: Bool = {
    let before = bytes
    let block = UnsafeMutableRawPointer.allocate(byteCount: 64 << 20, alignment: 16)
    defer { block.deallocate() }
    return bytes - before > 32 << 20
  }()

  /// What a test that is left out says.
  package static let why: Comment = "a sanitizer's allocator does not count for the C library"

  /// The additional bytes that are allocated while the result of `make` lives.
  ///
  /// It measures in a forked process, where no other test allocates. `make` runs here once before:
  /// then the Swift runtime has already allocated what it allocates once, and no lock is taken at
  /// the fork.
  ///
  /// - Returns: nil if the process gave no answer.
  package static func growth(_ make: () throws -> some Any) rethrows -> Int? {
    _ = try make()
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    defer { for end in ends { close(end) } }
    let child = cp_fork()
    if child == 0 {
      let before = bytes
      let made = try? make()
      var grown = bytes - before
      withExtendedLifetime(made) { _ = write(ends[1], &grown, MemoryLayout<Int>.size) }
      _exit(0)
    }
    guard child > 0 else { return nil }
    defer {
      kill(child, SIGKILL)
      waitpid(child, nil, 0)
    }
    var grown = 0
    guard waitsForInput(ends[0], milliseconds: 20_000),
      read(ends[0], &grown, MemoryLayout<Int>.size) == MemoryLayout<Int>.size
    else { return nil }
    return grown
  }

  private static var bytes: Int {
    var text: UnsafeMutablePointer<CChar>?
    var count = 0
    guard let stream = open_memstream(&text, &count) else { return 0 }
    malloc_info(0, stream)
    fclose(stream)
    defer { free(text) }
    // The sums over all arenas come after the last arena.
    let lines = String(cString: text!).split(separator: "\n")
    let sums = lines.suffix(while: { !$0.hasPrefix("</heap>") })
    func size(_ type: String) -> Int {
      guard let line = sums.first(where: { $0.contains("type=\"\(type)\"") }),
        let words = line.split(separator: "\"").last(where: { Int($0) != nil })
      else { return 0 }
      return Int(words) ?? 0
    }
    return size("current") - size("fast") - size("rest") + size("mmap")
  }
}

extension Array {
  /// The elements after the last one for which this is false.
  fileprivate func suffix(while isSo: (Element) -> Bool) -> ArraySlice<Element> {
    self[((lastIndex { !isSo($0) } ?? -1) + 1)...]
  }
}
