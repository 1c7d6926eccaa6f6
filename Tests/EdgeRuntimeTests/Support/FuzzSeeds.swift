import Glibc
import Synchronization

/// Every sound model that a test builds is a seed for the fuzzers: with FUZZ_SEEDS set to
/// a folder, each is written there, under a name made from its bytes (see `Tests/fuzz/fuzz`).
enum FuzzSeeds {
  private static let folder = getenv("FUZZ_SEEDS").map { String(cString: $0) }
  private static let bytesMax = 4096
  /// Hashes of the models that a test built. Bytes that a test damaged are no seeds, even if they
  /// load.
  private static let built = Mutex<Set<UInt64>>([])

  static func note(built bytes: [UInt8]) {
    guard folder != nil, bytes.count <= bytesMax else { return }
    built.withLock { _ = $0.insert(hash(bytes)) }
  }

  static func note(loaded bytes: [UInt8]) {
    guard let folder, bytes.count <= bytesMax else { return }
    let hash = hash(bytes)
    guard built.withLock({ $0.remove(hash) }) != nil,
      let file = fopen("\(folder)/\(String(hash, radix: 16))", "wb")
    else { return }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }

  /// FNV-1a
  private static func hash(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
