import Testing

@testable import Core
@testable import System
import TestSupport

/// Goal: who gave a descriptor away never closes it, and it is closed all the same.
/// Method: writing ends of pipes, which somebody else still holds, or no longer. The reading end
/// sees when one is closed.
@Suite struct DeparturesTests {
  private func hasClosed(_ reading: Descriptor) -> Bool {
    waitsForInput(reading.raw, milliseconds: 0)
  }

  @Test func `what somebody else holds is closed after that one let go, and not by it`() throws {
    var departures = Departures()
    let reading: Descriptor
    var held: Descriptor?
    do {
      let pipe = try Pipe()
      (reading, held) = (pipe.reading, pipe.writing)
    }
    departures.take(try #require(held))
    departures.close()
    #expect(!departures.isEmpty)
    held = nil
    #expect(!hasClosed(reading))
    departures.close()
    #expect(hasClosed(reading))
    #expect(departures.isEmpty)
  }

  @Test func `one that is held keeps no other open`() throws {
    var departures = Departures()
    let held = try Pipe()
    departures.take(held.writing)
    let reading: Descriptor
    do {
      let pipe = try Pipe()
      reading = pipe.reading
      departures.take(pipe.writing)
    }
    departures.close()
    #expect(hasClosed(reading))
    #expect(!hasClosed(held.reading))
    #expect(held.writing.raw >= 0)
  }
}
