/// The fuzz targets. Each takes any bytes and stops the program when something is wrong.
///
/// libFuzzer runs them in a separate executable (`Entry.swift`, `make fuzz`). Every `swift test`
/// runs them with the corpus, which holds all inputs that ever found a fault (`CorpusTests`).
enum FuzzTarget: String, CaseIterable {
  case modelLoad = "model-load"
  case modelRun = "model-run"
  case framing
  case modbus
  case decoding
  case json
  case toml
  case recording
  case server
  case registry

  /// The folder of the target's corpus; both model targets share one.
  var corpus: String {
    switch self {
    case .modelLoad, .modelRun: "model"
    default: rawValue
    }
  }

  func run(_ bytes: UnsafeRawBufferPointer) {
    switch self {
    case .modelLoad: ModelFuzzing.load(bytes)
    case .modelRun: ModelFuzzing.run(bytes)
    case .framing: FramingFuzzing.run(bytes)
    case .modbus: ModbusFuzzing.run(bytes)
    case .decoding: DecodingFuzzing.run(bytes)
    case .json: JSONFuzzing.run(bytes)
    case .toml: TOMLFuzzing.run(bytes)
    case .recording: RecordingFuzzing.run(bytes)
    case .server: ServerFuzzing.run(bytes)
    case .registry: RegistryFuzzing.run(bytes)
    }
  }
}

/// SplitMix64: input data and chunk sizes that depend only on the fuzzed bytes.
struct FuzzRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// FNV-1a over all bytes.
  init(of bytes: UnsafeRawBufferPointer) {
    state = 0xCBF2_9CE4_8422_2325
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
