import Testing

@testable import SensorIO

/// Goal: one fault of the wire is one fault, and a stream in which nothing is sound does not stay
/// unnoticed.
/// Method: sequences by hand.
@Suite struct FaultRunTests {
  private func noise(_ run: inout FaultRun, _ count: Int) -> Int {
    [UInt8](repeating: 7, count: count).withUnsafeBytes { run.noise($0) }
  }

  @Test func `what is wrong inside a bad frame is not counted again`() {
    var run = FaultRun(longest: 100)
    let first = run.isNew(extent: 10)
    run.pass(1)
    let inside = run.isNew(extent: 50)
    let rest = noise(&run, 9)
    let behind = run.isNew(extent: 10)
    #expect(first && !inside && rest == 0 && behind)
  }

  @Test func `a sound frame ends it`() {
    var run = FaultRun(longest: 100)
    let first = run.isNew(extent: 50)
    run.pass(1)
    let fault = run.sound(10)
    let second = run.isNew(extent: 50)
    #expect(first && fault == nil && second)
  }

  @Test(arguments: [(8, false), (9, true), (10, true), (11, true), (12, false), (21, false)])
  func `noise as long as a frame was one`(count: Int, isFault: Bool) {
    var run = FaultRun(longest: 100)
    #expect(noise(&run, 10) == 0 && run.sound(10) == nil, "no frame was before it")
    #expect(noise(&run, count) == 0)
    #expect(run.sound(10) == (isFault ? .startMissing(bytes: count) : nil))
    #expect(run.sound(10) == nil)
  }

  @Test func `endless noise is a fault for each two of the longest frames`() {
    for step in [1, 7, 100] {
      var run = FaultRun(longest: 50)
      var faults = 0
      for _ in 0..<1000 / step { faults += noise(&run, step) }
      #expect(faults == 1000 / step * step / 100)
      #expect(run.noiseHead.count > 0 && run.noiseHead[0] == 7)
    }
  }

  @Test func `what is wrong within a frame's length of the joining is nothing`() {
    var run = FaultRun(longest: 50)
    run.reset(joinsMidStream: true)
    let first = run.isNew(extent: 10)
    let rest = noise(&run, 50)
    let later = run.isNew(extent: 10)
    #expect(!first && rest == 0 && later)
  }
}
