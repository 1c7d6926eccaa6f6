import CPlatform

@testable import System

/// The seed of this run, which is printed; EDGEAGENT_SEED sets a seed again.
package func seededRandom(_ purpose: String) -> SplitMix {
  let given = getenv("EDGEAGENT_SEED").flatMap { UInt64(String(cString: $0)) }
  let seed = given ?? UInt64.random(in: 0 ... .max)
  print("seed: EDGEAGENT_SEED=\(seed) for \(purpose)")
  return SplitMix(state: seed)
}

/// SplitMix64. Each run has a new seed, which is printed; EDGEAGENT_SEED sets a seed again.
package struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  package init(_ purpose: String) {
    let given = getenv("EDGEAGENT_SEED").flatMap { UInt64(String(cString: $0)) }
    state = given ?? UInt64.random(in: 0...UInt64.max)
    print("seed: EDGEAGENT_SEED=\(state) for \(purpose)")
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  package mutating func bytes(_ count: Int, in range: ClosedRange<UInt8> = 0...255) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: range, using: &self) }
  }
}
