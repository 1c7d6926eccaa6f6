/// Copies runs of bytes from one tensor to another, of any type. Each side has a step along each
/// axis: 0 if the same bytes are read again, negative if they are read backwards.
///
/// Neighbouring axes are merged if both sides go through them in the same way, so that runs are as
/// long as possible. All sizes, steps and places are in bytes.
struct StridedCopy: BitwiseCopyable {
  enum Source: BitwiseCopyable, Equatable {
    case tensor(Int)
    /// Bytes that `prepare` computed.
    case table(UnsafeRawPointer)
  }

  private let source: Source, target: Int
  private let sourceStart: Int, targetStart: Int
  private var runBytes: Int
  private var sizes = RuntimeLimits.DimensionStorage(repeating: 1)
  private var sourceSteps = RuntimeLimits.DimensionStorage(repeating: 0)
  private var targetSteps = RuntimeLimits.DimensionStorage(repeating: 0)
  private var axes = 0

  /// - Parameters:
  ///   - sourceStart: the first byte read, from the source's start.
  ///   - targetStart: the first byte written, from the target's start.
  ///   - unit: the count of bytes that are side by side on both sides.
  init(
    _ source: Source, at sourceStart: Int = 0, to target: Int, offset targetStart: Int = 0,
    unit: Int
  ) {
    self.source = source
    self.target = target
    self.sourceStart = sourceStart
    self.targetStart = targetStart
    runBytes = unit
  }

  /// Setup: adds an axis; the outermost comes first. An axis that continues the axis before it is
  /// merged into that one.
  mutating func append(_ size: Int, source: Int, target: Int) {
    if size == 1 { return }
    if axes > 0, sourceSteps[axes - 1] == source * size, targetSteps[axes - 1] == target * size {
      sizes[axes - 1] *= size
    } else {
      sizes[axes] = size
      axes += 1
    }
    sourceSteps[axes - 1] = source
    targetSteps[axes - 1] = target
  }

  /// Setup: the same copy, with its innermost axis made part of the run if that is possible.
  func closed() -> StridedCopy {
    var copy = self
    guard axes > 0, sourceSteps[axes - 1] == runBytes, targetSteps[axes - 1] == runBytes else {
      return copy
    }
    copy.axes -= 1
    copy.runBytes *= sizes[copy.axes]
    copy.sizes[copy.axes] = 1
    return copy
  }

  /// Whether this copies `byteCount` bytes from the start of `tensor` to the target's, in one run.
  func isWhole(_ tensor: Int, byteCount: Int) -> Bool {
    source == .tensor(tensor) && sourceStart == 0 && targetStart == 0 && axes == 0
      && runBytes == byteCount
  }

  func run(_ memory: Memory) {
    var from: UnsafeRawPointer
    switch source {
    case .tensor(let index): from = UnsafeRawPointer(memory.tensor(index, as: UInt8.self))
    case .table(let bytes): from = bytes
    }
    from += sourceStart
    var to = UnsafeMutableRawPointer(memory.tensor(target, as: UInt8.self)) + targetStart
    if UnsafeRawPointer(to) == from { return }  // RESHAPE and similar operators, in one place
    let last = max(axes - 1, 0)
    var place = RuntimeLimits.DimensionStorage(repeating: 0)
    while true {
      runs(from, to, sizes[last], sourceSteps[last], targetSteps[last])
      var axis = last - 1
      while axis >= 0 {
        from += sourceSteps[axis]
        to += targetSteps[axis]
        place[axis] += 1
        if place[axis] < sizes[axis] { break }
        from -= sizes[axis] &* sourceSteps[axis]
        to -= sizes[axis] &* targetSteps[axis]
        place[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }

  /// Copies a run. A run as long as one element becomes a load and a store.
  @inline(__always)
  private func runs(
    _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ count: Int, _ fromStep: Int,
    _ toStep: Int
  ) {
    switch runBytes {
    case 1: elements(from, to, count, fromStep, toStep, UInt8.self)
    case 2: elements(from, to, count, fromStep, toStep, UInt16.self)
    case 4: elements(from, to, count, fromStep, toStep, UInt32.self)
    case 8: elements(from, to, count, fromStep, toStep, UInt64.self)
    default:
      for index in 0..<count {
        (to + index &* toStep).copyMemory(from: from + index &* fromStep, byteCount: runBytes)
      }
    }
  }

  @inline(__always)
  private func elements<T: FixedWidthInteger & BitwiseCopyable>(
    _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ count: Int, _ fromStep: Int,
    _ toStep: Int, _: T.Type
  ) {
    if fromStep == 0, toStep == MemoryLayout<T>.size {
      let value = from.loadUnaligned(as: T.self)
      for index in 0..<count {
        to.storeBytes(of: value, toByteOffset: index &* MemoryLayout<T>.size, as: T.self)
      }
      return
    }
    for index in 0..<count {
      let value = from.loadUnaligned(fromByteOffset: index &* fromStep, as: T.self)
      to.storeBytes(of: value, toByteOffset: index &* toStep, as: T.self)
    }
  }
}
