import Testing

@testable import EdgeRuntime

/// Goal: variables keep their values from one inference to the next, and a reset sets them to their
/// first values.
/// Method: running sums worked by hand, every refusal, and random programs against a simulation.
@Suite struct VariableTests {
  private func fault(
    _ model: ModelBuilder = .runningSum(), _ change: (inout ModelBuilder) -> Void
  ) -> ModelError? {
    var model = model
    change(&model)
    return model.fault
  }

  private func run(_ interpreter: Interpreter, _ values: [Int8]) -> [Int8] {
    interpreter.infer(values.map { UInt8(bitPattern: $0) }[...]).map { Int8(bitPattern: $0) }
  }

  @Test func `a running sum starts with the initialization and again after a reset`() throws {
    let interpreter = try Interpreter(load(ModelBuilder.runningSum().bytes()).get())
    for _ in 0..<2 {
      #expect(run(interpreter, [1, 2]) == [6, 8])
      #expect(run(interpreter, [1, 2]) == [7, 10])
      #expect(run(interpreter, [-10, 100]) == [-3, 110])
      interpreter.resetState()
    }
  }

  @Test func `interpreters of one model do not share their states`() throws {
    let model = try load(ModelBuilder.runningSum().bytes()).get()
    let (one, other) = (try Interpreter(model), try Interpreter(model))
    #expect(run(one, [1, 1]) == [6, 7])
    #expect(run(one, [1, 1]) == [7, 8])
    #expect(run(other, [1, 1]) == [6, 7])
  }

  @Test func `a variable that nothing initializes starts with its zero point`() throws {
    var model = ModelBuilder.runningSum()
    model.nodes.removeFirst()
    model.called = []
    // sum ← sum + x with zero point 3 everywhere: real 0 at first.
    for tensor in [0, 2, 3, 4] { model.tensors[tensor].zeroPoints = [3] }
    let interpreter = try Interpreter(load(model.bytes()).get())
    #expect(run(interpreter, [4, 5]) == [4, 5])
    #expect(run(interpreter, [4, 5]) == [5, 7])
  }

  @Test func `the same name in another container is another variable`() throws {
    var model = ModelBuilder.runningSum()
    model.called[0].nodes[0].options[Schema.VarHandle.container] = .string("elsewhere")
    let interpreter = try Interpreter(load(model.bytes()).get())
    #expect(run(interpreter, [1, 2]) == [1, 2])
    #expect(run(interpreter, [1, 2]) == [2, 4])
  }

  @Test func `the description counts states and has no shape for operators without outputs`() throws
  {
    let model = try load(ModelBuilder.runningSum().bytes()).get()
    #expect(model.stateBytes == 2)
    #expect(model.nodes.map { $0.outputShape } == [[], [], [1, 2], [1, 2], [], [2], [], []])
    #expect(model.tensors.map { $0.stateBytes } == [0, 2, 0, 0, 0, 2, 0])
    #expect(model.tensors[1].type.name == "resource")
    #expect(model.tensors[1].byteCount == 0)
    #expect(try load(ModelBuilder.fullyConnected().bytes()).get().stateBytes == 0)
  }

  @Test func `what is read before it is overwritten lies in the variable's place`() throws {
    var model = ModelBuilder.runningSum()
    func places(_ model: ModelBuilder) throws -> [Int: Int] {
      let plan = try load(model.bytes()).get().plan.entries
      return Dictionary(uniqueKeysWithValues: plan.map { ($0.tensor!, $0.offset) })
    }
    // ADD reads the old sum while it writes the new one: only the old one may be in the variable's
    // place.
    var place = try places(model)
    #expect(place[2] == place[1] && place[3] != place[1])
    #expect(place[5] == place[1], "the handle of the initialization")
    // With a copy between them, the new one may be there, too.
    let copy = model.tensor([1, 2])
    let axes = model.constant([2, 2], int32: [0, 0, 0, 0])
    model.node(.pad, [2, axes], [copy])
    model.nodes.insert(model.nodes.removeLast(), at: 3)
    model.nodes[4].inputs[0] = copy
    model.outputs = [copy]
    place = try places(model)
    #expect(place[2] == place[1] && place[3] == place[1] && place[copy.asInt] != place[1])
  }

  @Test func `handles go from VAR_HANDLE to variables' operators and nowhere else`() {
    #expect(
      fault { $0.nodes[3].inputs[0] = 1 } == .operandType(node: 3, tensor: 1, found: .resource))
    #expect(
      fault { $0.nodes[4].inputs[1] = 1 } == .operandType(node: 4, tensor: 1, found: .resource))
    #expect(
      fault { $0.nodes[5].outputs[0] = 1 } == .operandType(node: 5, tensor: 1, found: .resource))
    #expect(
      fault { $0.nodes[2].inputs[0] = 0 } == .operandType(node: 2, tensor: 0, found: .int8))
    #expect(
      fault { $0.nodes[4].inputs[0] = 0 } == .operandType(node: 4, tensor: 0, found: .int8))
    #expect(fault { $0.nodes.remove(at: 1) } == .readBeforeWritten(node: 1, tensor: 1))
    #expect(fault { $0.inputs = [0, 1] } == .tensorTypeUnsupported(tensor: 1, type: 13))
    #expect(fault { $0.outputs = [4, 1] } == .tensorTypeUnsupported(tensor: 1, type: 13))
    #expect(
      fault { $0.nodes[1].outputs[0] = 4 } == .readBeforeWritten(node: 2, tensor: 1))
    #expect(
      fault {
        $0.nodes[1].outputs[0] = 4
        $0.nodes.removeLast(4)
      } == .operandType(node: 1, tensor: 4, found: .int8))
    #expect(
      fault { $0.tensors[1].shape = [2] }
        == .operandCount(node: 1, tensor: 1, found: 2, expected: 1))
    #expect(
      fault { $0.tensors[1].buffer = 2 } == .constantBytes(tensor: 1, found: 2, expected: 0))
  }

  @Test func `a variable has one type and one size, and an assignment`() {
    let wider = ModelBuilder.initialization([1, 2, 3])
    #expect(fault { $0.called = [wider] } == .variableDiffers(node: 7, tensor: 6))
    #expect(
      fault {
        $0.tensors[2].shape = [2, 2]
        $0.tensors[3].shape = [2, 2]
        $0.nodes.removeLast()
        $0.outputs = [3]
        $0.nodes[4].inputs[1] = 0
      } == .variableDiffers(node: 2, tensor: 2))
    // Another shape of as many elements is the same memory.
    #expect(fault { $0.called = [.initialization([1, 2], shape: [2])] } == nil)
    #expect(
      fault {
        $0.called[0].nodes[0].options[Schema.VarHandle.sharedName] = .string("other")
        $0.nodes.remove(at: 4)
      } == .variableNotAssigned(node: 2, tensor: 1))
  }

  @Test func `operands, versions and options are as the schema says`() {
    #expect(fault { $0.nodes[0].inputs = [0] } == .inputCount(node: 0, found: 1, expected: 0...0))
    #expect(fault { $0.nodes[1].inputs = [0] } == .inputCount(node: 1, found: 1, expected: 0...0))
    #expect(
      fault { $0.nodes[2].inputs = [1, 0] } == .inputCount(node: 2, found: 2, expected: 1...1))
    #expect(
      fault { $0.nodes[4].inputs = [1] } == .inputCount(node: 4, found: 1, expected: 2...2))
    #expect(fault { $0.nodes[2].inputs = [-1] } == .operandMissing(node: 2, input: 0))
    #expect(fault { $0.nodes[4].inputs = [1, -1] } == .operandMissing(node: 4, input: 1))
    #expect(
      fault {
        $0.tensor([1])
        $0.nodes[4].outputs = [5]
      } == .outputCount(node: 4, found: 1, expected: 0))
    #expect(
      fault { $0.nodes[1].version = 2 }
        == .operatorUnsupported(node: 1, builtinCode: 142, version: 2))
    for (node, expected) in [(0, 103), (1, 111), (2, 112), (4, 113)] as [(Int, UInt8)] {
      #expect(
        fault { $0.nodes[node].optionsType = 99 }
          == .optionsMismatched(node: node, found: 99, expected: expected))
    }
  }

  @Test func `names and counts of variables at their limits and one above`() {
    let limit = RuntimeLimits.variableNameBytesMax
    func name(_ bytes: Int) -> ModelError? {
      fault {
        $0.nodes[1].options[Schema.VarHandle.sharedName] = .string(
          String(repeating: "s", count: bytes))
      }
    }
    #expect(name(limit) == nil)
    #expect(name(limit + 1) == .variableNameTooLong(node: 1, bytes: limit + 1, limit: limit))
    func variables(_ count: Int) -> ModelError? {
      fault { model in for index in 1..<count { model.handle("sum \(index)") } }
    }
    #expect(variables(RuntimeLimits.variablesMax) == nil)
    #expect(
      variables(RuntimeLimits.variablesMax + 1)
        == .tooMany(
          .variables, found: RuntimeLimits.variablesMax + 1, limit: RuntimeLimits.variablesMax))
  }

  @Test func `an initialization is another subgraph, called once, first, with no operands`() {
    #expect(
      fault { $0.nodes[0].options[Schema.CallOnce.subgraph] = .int32(2) }
        == .subgraphOutOfRange(node: 0, index: 2, count: 2))
    #expect(
      fault { $0.nodes[0].options[Schema.CallOnce.subgraph] = .int32(-1) }
        == .subgraphOutOfRange(node: 0, index: -1, count: 2))
    #expect(
      fault { $0.nodes[0].options = [:] } == .subgraphCalledAgain(node: 0, index: 0))
    #expect(
      fault { $0.nodes.insert($0.nodes[0], at: 1) } == .subgraphCalledAgain(node: 1, index: 1))
    #expect(
      fault { $0.nodes.append($0.nodes.removeFirst()) } == .initializationMisplaced(node: 5))
    #expect(
      fault { $0.called[0].callOnce() } == .initializationMisplaced(node: 8))
    #expect(fault { $0.called.append($0.called[0]) } == .subgraphCount(found: 3))
    #expect(fault { $0.nodes.removeFirst() } == .subgraphCount(found: 2))
    #expect(
      fault { $0.called[0].inputs = [1] } == .tooMany(.graphInputs, found: 1, limit: 0))
    #expect(
      fault { $0.called[0].outputs = [1] } == .tooMany(.graphOutputs, found: 1, limit: 0))
    #expect(
      fault { $0.called[0].nodes[1].inputs[1] = 2 }
        == .tensorIndexOutOfRange(node: 7, index: 2, count: 2))
    #expect(
      fault { $0.called[0].nodes[0].code = 119 }
        == .operatorUnsupported(node: 6, builtinCode: 119, version: 1))
    // Two calls, each of another subgraph, in their order.
    #expect(
      fault {
        $0.called.append(.initialization([7, 8]))
        $0.callOnce(2)
        $0.nodes.insert($0.nodes.removeLast(), at: 1)
      } == nil)
  }

  @Test func `variable tensors belong to one operator with a state`() {
    #expect(
      fault { $0.tensors[2].isVariable = true } == .tensorVariable(tensor: 2), "written")
    #expect(fault { $0.tensors[0].isVariable = true } == .tensorVariable(tensor: 0), "input")
    #expect(
      fault {
        $0.state([1, 2], .int8, scale: 1, zero: 0)
        $0.nodes[3].inputs[1] = 5
      } == .tensorVariable(tensor: 5), "read")
  }

  // MARK: Random programs

  /// One variable is read, added to, renamed and assigned in any order. The values that the planner
  /// puts into its place must not change a result.
  @Test func `random programs give what a simulation gives`() throws {
    var random = SeededRandom(seed: 0x5EED_0042, for: "random programs")
    var moved = 0
    for _ in 0..<500 {
      var program = Program()
      for _ in 0..<Int.random(in: 2...14, using: &random) { program.grow(&random) }
      let model = try load(program.finished(&random).bytes()).get()
      moved += model.plan.entries.filter { $0.aliasOf != nil }.count
      let interpreter = try Interpreter(model)
      var states: [[Int8]] = [[5, 6], [0, 0]]
      for _ in 0..<3 {
        let input = (0..<2).map { _ in Int8.random(in: -9...9, using: &random) }
        #expect(run(interpreter, input) == program.simulate(input, &states))
      }
    }
    #expect(moved > 1000)
  }

  private struct Program {
    enum Step {
      case read(Int, Int32)
      case assign(Int, Int32)
      case add(Int32, Int32, Int32)
      case rename(Int32, Int32)
    }

    var model = ModelBuilder()
    var steps: [Step] = []
    var values: [Int32] = []
    var handles: [Int32] = []

    init() {
      model.callOnce()
      values = [model.tensor([1, 2])]
      model.inputs = values
      handles = [model.handle(), model.handle("other")]
      model.called = [.initialization([5, 6])]
    }

    mutating func grow(_ random: inout SeededRandom) {
      let variable = Int.random(in: 0...1, using: &random)
      let (a, b) = (values.randomElement(using: &random)!, values.randomElement(using: &random)!)
      switch Int.random(in: 0...6, using: &random) {
      case 0, 1:
        let y = model.tensor([1, 2])
        model.node(.readVariable, [handles[variable]], [y])
        steps.append(.read(variable, y))
        values.append(y)
      case 2, 3:
        model.node(.assignVariable, [handles[variable], a], [])
        steps.append(.assign(variable, a))
      case 4:
        let y = model.tensor([1, 2])
        model.node(.reshape, [a], [y])
        steps.append(.rename(a, y))
        values.append(y)
      default: add(a, b)
      }
    }

    private mutating func add(_ a: Int32, _ b: Int32) {
      let y = model.tensor([1, 2])
      model.node(.add, [a, b], [y], type: Schema.Add.optionsType)
      steps.append(.add(a, b, y))
      values.append(y)
    }

    /// Every variable must be assigned somewhere, and an output computed.
    mutating func finished(_ random: inout SeededRandom) -> ModelBuilder {
      for variable in 0...1 {
        model.node(.assignVariable, [handles[variable], values.last!], [])
        steps.append(.assign(variable, values.last!))
      }
      add(values.randomElement(using: &random)!, values.last!)
      model.outputs = [values.last!]
      return model
    }

    func simulate(_ input: [Int8], _ states: inout [[Int8]]) -> [Int8] {
      var tensors: [Int32: [Int8]] = [0: input]
      for step in steps {
        switch step {
        case .read(let variable, let y): tensors[y] = states[variable]
        case .assign(let variable, let x): states[variable] = tensors[x]!
        case .rename(let x, let y): tensors[y] = tensors[x]!
        case .add(let a, let b, let y):
          tensors[y] = zip(tensors[a]!, tensors[b]!).map { Int8(clamping: Int($0) + Int($1)) }
        }
      }
      return tensors[values.last!]!
    }
  }
}

extension Int32 {
  fileprivate var asInt: Int { Int(self) }
}
