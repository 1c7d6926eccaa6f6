/// The checks that `prepare` makes of its node's options.
extension Node {
  /// The operator's options; nil when the file leaves them out, which means the default for every
  /// option.
  func options(_ expected: UInt8) throws(ModelError) -> FlatTable? {
    guard optionsType == expected || optionsType == 0 else {
      throw .optionsMismatched(node: index, found: optionsType, expected: expected)
    }
    return optionsType == 0 ? nil : options
  }

  func option(
    _ options: FlatTable?, _ field: Int, _ option: OperatorOption, default absent: Int32 = 0,
    allowed: ClosedRange<Int>
  ) throws(ModelError) -> Int {
    let value = Int(try options?.integer(field, default: absent) ?? absent)
    try require(option, value, in: allowed)
    return value
  }

  /// The same for an option of one byte, which is 0 if it is left out.
  func byteOption(
    _ options: FlatTable?, _ field: Int, _ option: OperatorOption, allowed: ClosedRange<Int>
  ) throws(ModelError) -> Int {
    let value = Int(try options?.integer(field) as UInt8? ?? 0)
    try require(option, value, in: allowed)
    return value
  }

  func require(
    _ option: OperatorOption, _ value: Int, in allowed: ClosedRange<Int>
  ) throws(ModelError) {
    guard allowed.contains(value) else {
      throw .optionOutOfRange(node: index, option: option, found: value, allowed: allowed)
    }
  }

  // MARK: Fused activations

  /// The schema's number of the activation.
  func activationCode(_ options: FlatTable?, _ field: Int) throws(ModelError) -> Int {
    Int(try options?.integer(field) as UInt8? ?? 0)
  }

  /// The range of values that the activation allows in a quantized `output`.
  func activationRange(
    _ options: FlatTable?, _ field: Int, _ output: Tensor
  ) throws(ModelError) -> ClosedRange<Int32> {
    let code = try activationCode(options, field)
    guard let type = output.type.quantizedRange else { throw refusal(ofType: output) }
    guard let activation = FusedActivation(rawValue: code),
      let range = activation.range(try requireAffine(output), within: type)
    else { throw .activationUnsupported(node: index, activation: code) }
    return range
  }

  /// The same for an output that is not quantized.
  func plainLimits(_ options: FlatTable?, _ field: Int) throws(ModelError) -> PlainLimits {
    let code = try activationCode(options, field)
    guard let activation = FusedActivation(rawValue: code) else {
      throw .activationUnsupported(node: index, activation: code)
    }
    return PlainLimits(activation)
  }

  /// For operators with which no activation can be fused.
  func requireNoActivation(_ options: FlatTable?, _ field: Int) throws(ModelError) {
    let code = try activationCode(options, field)
    guard code == FusedActivation.none.rawValue else {
      throw .activationUnsupported(node: index, activation: code)
    }
  }
}
