import Testing

@testable import EdgeRuntime

/// Goal: a refusal names the operator that the file asks for.
@Suite struct OperatorNameTests {
  @Test(
    arguments: [
      (0, "ADD"), (3, "CONV_2D"), (16, "LSTM"), (32, "CUSTOM"), (42, "DIV"), (74, "SUM"),
      (102, "SPLIT_V"), (114, "QUANTIZE"), (117, "HARD_SWISH"), (129, "CALL_ONCE"),
      (142, "VAR_HANDLE"), (161, "RIGHT_SHIFT"), (206, "STABLEHLO_COMPOSITE"),
      (209, "STABLEHLO_CASE"), (210, "BUILTIN_210"), (-1, "BUILTIN_-1"),
    ] as [(Int32, String)])
  func `names of builtin codes`(code: Int32, name: String) {
    #expect(OperatorName.name(of: code) == name)
  }

  @Test func `activations, too`() {
    #expect(ActivationName.name(of: 4) == "TANH")
    #expect(ActivationName.name(of: 9) == "ACTIVATION_9")
  }
}
