@testable import EdgeRuntime

/// Small sound models that remember.
extension ModelBuilder {
  @discardableResult
  mutating func handle(_ name: String = "sum", container: String = "") -> Int32 {
    tensors.append(
      Tensor(shape: [], type: ElementType.resource.rawValue, scales: [], zeroPoints: []))
    let handle = Int32(tensors.count - 1)
    node(
      .varHandle, [], [handle], type: Schema.VarHandle.optionsType,
      [
        Schema.VarHandle.container: .string(container),
        Schema.VarHandle.sharedName: .string(name),
      ])
    return handle
  }

  @discardableResult
  mutating func state(_ shape: [Int32], _ type: ElementType, scale: Float, zero: Int64) -> Int32 {
    let state = tensor(shape, type, scale: scale, zero: zero)
    tensors[Int(state)].isVariable = true
    return state
  }

  mutating func callOnce(_ subgraph: Int32 = 1) {
    node(
      .callOnce, [], [], type: Schema.CallOnce.optionsType,
      [Schema.CallOnce.subgraph: .int32(subgraph)])
  }

  /// handle ← values
  static func initialization(_ values: [Int8], shape: [Int32]? = nil) -> ModelBuilder {
    var model = ModelBuilder()
    let handle = model.handle()
    let value = model.constant(shape ?? [1, Int32(values.count)], values)
    model.node(.assignVariable, [handle, value], [])
    return model
  }

  /// sum ← sum + x, y = sum; sum is [5, 6] at first: CALL_ONCE, then x 0, handle 1, old 2, new 3,
  /// y 4 in nodes VAR_HANDLE, READ_VARIABLE, ADD, ASSIGN_VARIABLE, RESHAPE.
  static func runningSum() -> ModelBuilder {
    var model = ModelBuilder()
    model.callOnce()
    let x = model.tensor([1, 2])
    let handle = model.handle()
    let old = model.tensor([1, 2])
    let new = model.tensor([1, 2])
    let y = model.tensor([2])
    model.node(.readVariable, [handle], [old])
    model.node(.add, [old, x], [new], type: Schema.Add.optionsType)
    model.node(.assignVariable, [handle, new], [])
    model.node(.reshape, [new], [y])
    (model.inputs, model.outputs) = ([x], [y])
    model.called = [.initialization([5, 6])]
    return model
  }

  /// x [1, 2], v [2, 2], w [2, 2], bias [1], state [1, 4] → rank 2, y [1, 1]: all scales 1.
  static func svdf(_ type: ElementType = .int16) -> ModelBuilder {
    var model = ModelBuilder()
    let x = model.tensor([1, 2], zero: 1)
    let v = model.constant([2, 2], [1, 1, 2, 0])
    let w =
      type == .int16
      ? model.constant([2, 2], int16: [1, 10, 2, 20]) : model.constant([2, 2], [1, 10, 2, 20])
    let bias = model.constant([1], int32: [1], scale: 1)
    let state = model.state([1, 4], type, scale: 1, zero: 0)
    let y = model.tensor([1, 1])
    model.node(
      .svdf, [x, v, w, bias, state], [y], type: Schema.SVDF.optionsType,
      [Schema.SVDF.rank: .int32(2)])
    (model.inputs, model.outputs) = ([x], [y])
    return model
  }

  /// Positions in the node's list of inputs are those of the schema; tensors are made in that
  /// order.
  ///
  /// Weights are 0 unless given, gates therefore their biases, in units of 2⁻¹².
  static func lstm(
    x shape: [Int32] = [1, 2, 1], cells: Int32 = 1, batches: Int32 = 1,
    biases: [Int32] = [0, 0, 32767, 0], options: [Int: Flat] = [:],
    weight: (Int) -> Int8 = { _ in 0 }
  ) -> ModelBuilder {
    var model = ModelBuilder()
    var inputs = [model.tensor(shape, scale: 0x1p-6)]
    for size in [shape[2], cells] {
      for gate in 0..<4 {
        let values = (0..<Int(cells * size)).map { weight(31 * gate + $0) }
        inputs.append(model.constant([cells, size], values, scale: 0x1p-6))
      }
    }
    inputs += [-1, -1, -1]
    for bias in biases {
      inputs.append(
        model.constant(
          [cells], int32: Array(repeating: bias, count: Int(cells)), scale: 0x1p-12))
    }
    inputs += [-1, -1]
    inputs.append(model.state([batches, cells], .int8, scale: 0x1p-7, zero: -1))
    inputs.append(model.state([batches, cells], .int16, scale: 0x1p-11, zero: 0))
    inputs += [-1, -1, -1, -1]
    let y = model.tensor([shape[0], shape[1], cells], scale: 0x1p-7, zero: -1)
    model.node(
      .unidirectionalSequenceLSTM, inputs, [y], type: Schema.LSTM.optionsType,
      [Schema.LSTM.activation: .uint8(4)].merging(options) { $1 })
    (model.inputs, model.outputs) = ([inputs[0]], [y])
    return model
  }
}
