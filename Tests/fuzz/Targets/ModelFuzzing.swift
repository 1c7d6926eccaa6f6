@testable import EdgeRuntime

/// Bytes as a model: refused, or safe to run.
enum ModelFuzzing {
  /// Small enough for thousands of runs a second; a dimension that grows is refused instead of
  /// filling memory.
  static let limits = ModelLimits(arenaBytesMax: 1 << 20, workMax: 1 << 19)

  /// Goal: no bytes crash the loader, and the cost of reading them is bounded by the file's size.
  static func load(_ bytes: UnsafeRawBufferPointer) {
    do throws(ModelError) {
      let model = try Model(copying: bytes, limits: limits)
      precondition(model.arenaBytes <= limits.arenaBytesMax)
      precondition(model.tableBytes <= RuntimeLimits.tableBytesMax)
      for entry in model.plan.entries {
        precondition(entry.offset >= 0 && entry.offset + entry.bytes <= model.arenaBytes)
        precondition(entry.offset % RuntimeLimits.tensorAlignment == 0)
      }
    } catch {}
  }

  /// Goal: an accepted model runs within its memory, computes the same in any memory, and remembers
  /// only its states.
  /// Method: two inferences in the planned arena, and the same two in blocks of the heap, one block
  /// for each tensor, which AddressSanitizer guards on both sides. Then the state is reset, and the
  /// first inference runs again.
  static func run(_ bytes: UnsafeRawBufferPointer) {
    do throws(ModelError) {
      let model = try Model(copying: bytes, limits: limits)
      let constants = checksum(model)
      let interpreter = try Interpreter(model)
      let random = FuzzRandom(of: bytes)
      let (first, second) = (infer(interpreter, random), infer(interpreter, random))
      precondition(model.stateBytes > 0 || second == first, "an inference changes the next")
      precondition(separately(model, random) == [first, second], "the arena changes the outputs")
      interpreter.resetState()
      precondition(infer(interpreter, random) == first, "a reset does not forget")
      precondition(checksum(model) == constants, "a constant was written")
    } catch {}
  }

  private static func infer(_ interpreter: Interpreter, _ random: FuzzRandom) -> [[UInt8]] {
    var random = random
    for (index, tensor) in interpreter.model.inputs.enumerated() {
      fill(interpreter.input(index), tensor.type, &random)
    }
    interpreter.run()
    return interpreter.model.outputs.indices.map { Array(interpreter.output($0)) }
  }

  /// The outputs of two inferences in which each tensor and each scratch has a separate allocation
  /// of its exact size.
  private static func separately(_ model: Model, _ random: FuzzRandom) -> [[[UInt8]]] {
    let graph = model.graph
    let blocks = separateBlocks(model)
    let memory = Memory(addresses: blocks.addresses, tensorCount: graph.tensors.count)
    for operation in model.initialization { operation.eval(memory) }
    return (0..<2).map { _ in
      var random = random
      for index in graph.inputs { fill(blocks[index], graph.tensors[index].type, &random) }
      for operation in model.operators { operation.eval(memory) }
      return graph.outputs.map { Array(blocks[$0]) }
    }
  }

  private static func separateBlocks(_ model: Model) -> SeparateBlocks {
    let graph = model.graph
    let blocks = SeparateBlocks(count: graph.tensors.count + graph.nodes.count)
    for entry in model.plan.entries {
      blocks.allocate(entry.tensor ?? graph.tensors.count + entry.firstNode, bytes: entry.bytes)
    }
    for tensor in graph.tensors {
      if let constant = tensor.constant { blocks.allocate(tensor.index, copying: constant) }
      // All handles of a variable have the address of one memory.
      if let variable = tensor.variable {
        blocks.share(tensor.index, with: graph.states[variable].tensor)
      }
    }
    for state in graph.states {
      for index in 0..<state.byteCount { blocks[state.tensor][index] = state.initialByte }
    }
    return blocks
  }

  /// Any bits for integers. For reals mostly moderate values, sometimes any bits, also NaN.
  private static func fill(
    _ memory: UnsafeMutableRawBufferPointer, _ type: ElementType, _ random: inout FuzzRandom
  ) {
    let moderate = type == .float32 && random.next() % 4 != 0
    for index in memory.indices where !moderate {
      let bits = UInt8(truncatingIfNeeded: random.next() >> 32)
      memory[index] = type == .bool ? bits & 1 : bits
    }
    guard moderate else { return }
    for index in 0..<memory.count / 4 {
      let value = Float(Int32(truncatingIfNeeded: random.next() >> 32)) * 0x1p-28
      memory.storeBytes(of: value, toByteOffset: 4 * index, as: Float.self)
    }
  }

  private static func checksum(_ model: Model) -> UInt64 {
    var sum: UInt64 = 0
    for tensor in model.graph.tensors {
      for byte in tensor.constant ?? UnsafeRawBufferPointer(start: nil, count: 0) {
        sum = sum &* 31 &+ UInt64(byte)
      }
    }
    return sum
  }
}

/// Heap blocks by number, freed together.
private final class SeparateBlocks {
  let addresses: UnsafePointer<UnsafeMutableRawPointer>
  private let table: UnsafeMutablePointer<UnsafeMutableRawPointer>
  private var blocks: [UnsafeMutableRawBufferPointer]
  /// An address that no operator may read or write; AddressSanitizer stops an access to it.
  private let nothing = UnsafeMutableRawPointer.allocate(byteCount: 0, alignment: 16)

  init(count: Int) {
    blocks = Array(repeating: UnsafeMutableRawBufferPointer(start: nil, count: 0), count: count)
    table = .allocate(capacity: count)
    table.initialize(repeating: nothing, count: count)
    addresses = UnsafePointer(table)
  }

  deinit {
    for block in blocks where block.baseAddress != nil { block.deallocate() }
    table.deallocate()
    nothing.deallocate()
  }

  subscript(index: Int) -> UnsafeMutableRawBufferPointer { blocks[index] }

  func share(_ index: Int, with other: Int) {
    if index != other { table[index] = table[other] }
  }

  func allocate(_ index: Int, bytes: Int) {
    if blocks[index].baseAddress != nil { blocks[index].deallocate() }
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 16)
    // These are not the zeros of a fresh arena, so an operator that reads before it writes gives
    // another output.
    block.initializeMemory(as: UInt8.self, repeating: 0xA5)
    blocks[index] = block
    table[index] = block.baseAddress!
  }

  func allocate(_ index: Int, copying bytes: UnsafeRawBufferPointer) {
    allocate(index, bytes: bytes.count)
    blocks[index].copyMemory(from: bytes)
  }
}
