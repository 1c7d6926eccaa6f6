import TestSupport
import Testing

@testable import EdgeRuntime

/// Goal: every byte of every output equals the reference implementation's, and no model needs more
/// arena than TensorFlow Lite Micro.
/// Method: real models and single operators with golden vectors: all of them, except one that has
/// custom operators.
@Suite struct GoldenTests {
  /// The bytes of the arena: this runtime's, and TensorFlow Lite Micro's if they were measured.
  private static let realModels: [String: (arenaBytes: Int, microBytes: Int?)] = [
    "ad01_int8": (896, 3_424),
    "kws_ref_model": (16_256, 24_000),
    "pretrainedResnet_quant": (49_360, 55_712),
    "vww_96_int8": (55_360, 103_392),
    "str_ww_ref_model": (7_168, 16_352),
    "hello_world_int8": (96, 1_184),
    "micro_speech_quantized": (6_000, 7_312),
    "keyword_scrambled": (10_528, 14_720),
    "trained_lstm_int8": (2_448, nil),
    "dtln_noise_suppression": (2_192, nil),
    "okay_nabu": (5_424, nil),
    "hey_jarvis": (4_416, nil),
    "vad": (1_984, nil),
    "simple_add_model": (32_768, nil),
    "network_tester": (1_344, nil),
  ]

  /// This model has custom operators for the extraction of features.
  private static let refused: Set = ["audio_preprocessor_int8"]

  @Test(.enabled(if: SharedMaterial.mayUse("models"), SharedMaterial.comment))
  func `real models match byte for byte, in no more arena than the reference`() throws {
    let names = try SharedMaterial.models("models")
    #expect(Set(names) == Self.refused.union(Self.realModels.keys))
    for name in names {
      let bytes = try SharedMaterial.bytes("models", name + ".tflite")
      guard let expected = Self.realModels[name] else {
        guard case .operatorUnsupported(0, 32, 1)? = refusal(of: bytes) else {
          Issue.record("\(name): \(String(describing: refusal(of: bytes)))")
          continue
        }
        continue
      }
      let model = try load(bytes).get()
      try expectGolden("models", name, model)
      #expect(model.arenaBytes == expected.arenaBytes, "\(name)")
      if let microBytes = expected.microBytes { #expect(model.arenaBytes <= microBytes) }
    }
  }

  @Test(.enabled(if: SharedMaterial.mayUse("models"), SharedMaterial.comment))
  func `single operators match byte for byte`() throws {
    for name in try SharedMaterial.models("ops") {
      let model = try load(SharedMaterial.bytes("ops", name + ".tflite")).get()
      try expectGolden("ops", name, model)
    }
  }

  private func expectGolden(_ kind: String, _ name: String, _ model: Model) throws {
    let vectors = GoldenVectors(
      inputs: try SharedMaterial.bytes(kind, name + ".in.bin"),
      outputs: try SharedMaterial.bytes(kind, name + ".out.bin"))
    let fault = try vectors.fault(model)
    #expect(fault == nil, "\(name)")
  }
}
