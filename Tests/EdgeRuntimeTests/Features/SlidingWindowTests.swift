import Testing

@testable import EdgeRuntime

/// Goal: windows are due after `steps` samples and then every `stride`, oldest sample first.
@Suite struct SlidingWindowTests {
  /// Pushes 1, 2, 3 … of one axis and keeps each window that is due.
  private func windows(steps: Int, stride: Int, samples: Int) -> [[Float]] {
    var window = SlidingWindow(steps: steps, axes: 1, stride: stride)
    var due: [[Float]] = []
    for sample in 1...samples {
      let values = [Float(sample)]
      if values.withUnsafeBufferPointer({ window.append($0) }) {
        due.append(Array(window.oldestFirst))
      }
    }
    return due
  }

  @Test func `strides below, at and above the length`() {
    #expect(windows(steps: 3, stride: 1, samples: 5) == [[1, 2, 3], [2, 3, 4], [3, 4, 5]])
    #expect(windows(steps: 3, stride: 2, samples: 7) == [[1, 2, 3], [3, 4, 5], [5, 6, 7]])
    #expect(windows(steps: 3, stride: 3, samples: 8) == [[1, 2, 3], [4, 5, 6]])
    #expect(windows(steps: 2, stride: 4, samples: 6) == [[1, 2], [5, 6]])
    #expect(windows(steps: 1, stride: 1, samples: 2) == [[1], [2]])
  }

  @Test func `axes stay together, and a reset forgets`() {
    var window = SlidingWindow(steps: 2, axes: 3, stride: 1)
    func push(_ sample: [Float]) -> Bool {
      sample.withUnsafeBufferPointer { window.append($0) }
    }
    #expect(!push([1, 2, 3]))
    #expect(Array(window.oldestFirst) == [1, 2, 3])
    #expect(push([4, 5, 6]))
    #expect(push([7, 8, 9]))
    #expect(Array(window.oldestFirst) == [4, 5, 6, 7, 8, 9])
    window.reset()
    #expect(!window.isFull && window.oldestFirst.isEmpty)
    #expect(!push([10, 11, 12]))
    #expect(push([13, 14, 15]))
    #expect(Array(window.oldestFirst) == [10, 11, 12, 13, 14, 15])
  }
}

/// Goal: x' = clamp((x − offset) / divide).
@Suite struct ScalingTests {
  @Test func `scales, clamps, and leaves NaN to the quantizer`() {
    let scaling = AxisScaling(offset: 10, divide: 4, lower: -1, upper: 2)
    #expect([10, 12, 6, 5, 18, 19].map { scaling($0) } == [0, 0.5, -1, -1, 2, 2])
    #expect(scaling(.infinity) == 2 && scaling(.nan).isNaN)
    #expect(AxisScaling.identity(1e30) == 1e30)
  }

  @Test func `knows what cannot be a scaling`() {
    #expect(AxisScaling.identity.isValid)
    #expect(!AxisScaling(divide: 0).isValid)
    #expect(!AxisScaling(divide: .nan).isValid)
    #expect(!AxisScaling(offset: .infinity).isValid)
    #expect(!AxisScaling(lower: 1, upper: 0).isValid)
    #expect(!AxisScaling(lower: .nan).isValid)
  }
}
