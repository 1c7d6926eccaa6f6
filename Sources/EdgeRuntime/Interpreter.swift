import CKernels

/// The name of the inner loops in use, chosen once for this processor: "portable", "sse2", "avx2",
/// "neon" or "neon-dotprod".
package func kernelName() -> String { String(cString: ck_active_name()) }

/// One model with one arena: write the inputs, call `run`, read the outputs. Used by one thread at
/// a time.
///
/// A model with states remembers its earlier inputs. Its inferences are a sequence, in the order of
/// the calls of `run` since the interpreter was made or its state was reset.
package final class Interpreter {
  package let model: Model
  private let arena: UnsafeMutableRawPointer
  private let addresses: UnsafeMutablePointer<UnsafeMutableRawPointer>
  private let memory: Memory

  /// Allocates the arena and computes every tensor's address. After this the interpreter allocates
  /// no memory.
  ///
  /// - Throws: `.memoryUnavailable`.
  @export(interface)
  package init(_ model: Model) throws(ModelError) {
    self.model = model
    let tensorCount = model.graph.tensors.count
    let addressCount = tensorCount + model.graph.nodes.count
    let addressBytes = addressCount * MemoryLayout<UnsafeMutableRawPointer>.stride
    guard let arena = ck_allocate(model.arenaBytes) else {
      throw .memoryUnavailable(bytes: model.arenaBytes)
    }
    guard let table = ck_allocate(addressBytes) else {
      ck_release(arena)
      throw .memoryUnavailable(bytes: addressBytes)
    }
    self.arena = arena
    addresses = table.bindMemory(to: UnsafeMutableRawPointer.self, capacity: addressCount)
    // Some entries have no place in the plan (operands that no operator reads, nodes without
    // scratch). No code asks for their addresses.
    addresses.initialize(repeating: arena, count: addressCount)
    for tensor in model.graph.tensors {
      if let constant = tensor.constant?.baseAddress {
        addresses[tensor.index] = UnsafeMutableRawPointer(mutating: constant)
      }
    }
    for entry in model.plan.entries {
      addresses[entry.tensor ?? tensorCount + entry.firstNode] = arena + entry.offset
    }
    memory = Memory(addresses: UnsafePointer(addresses), tensorCount: tensorCount)
    resetState()
  }

  deinit {
    ck_release(addresses)
    ck_release(arena)
  }

  /// The bytes of the arena, which holds every tensor that is not constant, and scratch.
  package var arenaBytes: Int { model.arenaBytes }

  /// The place of every tensor in the arena: a memory map.
  package var plan: [PlannedTensor] { model.plan.entries }

  /// The elements of the `index`th input, little-endian, row-major, 16-byte aligned. The address is
  /// valid as long as the interpreter, but the contents only until `run`, which may reuse the
  /// place.
  package func input(_ index: Int) -> UnsafeMutableRawBufferPointer {
    let tensor = model.inputs[index]
    return UnsafeMutableRawBufferPointer(
      start: addresses[tensor.index], count: tensor.byteCount)
  }

  /// The elements of the `index`th output, valid from one `run` until an input is next written.
  package func output(_ index: Int) -> UnsafeRawBufferPointer {
    let tensor = model.outputs[index]
    return UnsafeRawBufferPointer(start: addresses[tensor.index], count: tensor.byteCount)
  }

  /// One inference. Hot: allocates nothing, throws nothing, takes no lock. Overwrites the inputs.
  ///
  /// - Complexity: `model.multiplyAccumulates`, and a few operations for each element.
  @export(interface)
  package func run() {
    run(model.operators)
  }

  /// Forgets all inferences: states and variables are again what they were when the interpreter was
  /// made. Hot, as `run` is. It overwrites the inputs. For a model without state it does nothing.
  ///
  /// - Complexity: one write for each byte of `model.stateBytes`, and the model's own
  ///   initialization of its variables.
  @export(interface)
  package func resetState() {
    let memory = memory
    model.graph.states.withUnsafeBufferPointer { states in
      for index in 0..<states.count {
        memory.tensor(states[index].tensor, as: UInt8.self)
          .update(repeating: states[index].initialByte, count: states[index].byteCount)
      }
    }
    run(model.initialization)
  }

  /// Not inlined, so that there is only one copy of this loop, which holds all kernels.
  @inline(never)
  private func run(_ operators: [Operator]) {
    let memory = memory
    operators.withUnsafeBufferPointer { operators in
      for index in 0..<operators.count { operators[index].eval(memory) }
    }
  }
}
