@testable import EdgeRuntime

/// Changes meaningful numbers of a model in place: dimensions, indices, types, scales, options,
/// small constants. Random bytes mostly break the FlatBuffer, so that the fuzzer would never reach
/// the later checks.
struct ModelMutator {
  private let file: UnsafeMutableRawBufferPointer
  private var random: FuzzRandom
  private var sites = ModelSites()

  init(_ file: UnsafeMutableRawBufferPointer, _ random: FuzzRandom) {
    self.file = file
    self.random = random
    sites = ModelSites(UnsafeRawBufferPointer(file))
  }

  /// - Returns: false when the file has nothing that could be changed.
  mutating func mutate() -> Bool {
    guard !sites.all.isEmpty else { return false }
    switch random.next() % 8 {
    case 0: replaceEverywhere([.dimension, .small])
    case 1: replaceEverywhere([.type])
    case 2: swapTwo()
    case 3: changeOperator()
    default: for _ in 0...random.next() % 3 { change(sites.all[pick(sites.all.count)]) }
    }
    return true
  }

  private mutating func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

  /// Replaces one value of a kind everywhere, so that shapes that agreed still agree.
  private mutating func replaceEverywhere(_ kinds: [ModelSites.Kind]) {
    let places = sites.all.filter { kinds.contains($0.kind) }
    guard !places.isEmpty else { return }
    let chosen = places[pick(places.count)]
    let (old, new) = (load(chosen), value(for: chosen))
    for place in places where load(place) == old { store(new, place) }
  }

  private mutating func swapTwo() {
    let first = sites.all[pick(sites.all.count)]
    let alike = sites.all.filter { $0.kind == first.kind && $0.width == first.width }
    let second = alike[pick(alike.count)]
    let (a, b) = (load(first), load(second))
    store(b, first)
    store(a, second)
  }

  /// Gives the operators another code. They keep their operands, and the options keep their bytes.
  private mutating func changeOperator() {
    let codes = sites.all.filter { $0.kind == .code }
    guard !codes.isEmpty else { return }
    let known = (0...205).filter { OperatorKind(rawValue: Int32($0)) != nil }
    let code = Int64(known[pick(known.count)])
    for place in codes { store(place.width == 1 ? min(code, 127) : code, place) }
    for place in sites.all where place.kind == .optionsType && random.next() % 2 == 0 {
      store(Int64(random.next() % 2 == 0 ? 0 : random.next() % 130), place)
    }
  }

  private mutating func change(_ site: ModelSites.Site) { store(value(for: site), site) }

  private mutating func value(for site: ModelSites.Site) -> Int64 {
    let old = load(site)
    switch site.kind {
    case .scale:
      let scale = Float(bitPattern: UInt32(truncatingIfNeeded: old))
      let scales: [Float] = [
        scale * 2, scale / 2, scale.nextUp, 0, 1, 0x1p-8, 0x1p-16, 0x1p-126, 1e-6, 1e6, 1e7,
        .infinity, .nan, -scale,
      ]
      return Int64(scales[pick(scales.count)].bitPattern)
    case .type: return [0, 2, 3, 4, 6, 7, 9, 9, 13, 17][pick(10)]
    case .zeroPoint:
      return [old &+ 1, old &- 1, 0, -128, 127, -129, 128, 255, -32768, .max, .min][pick(11)]
    default:
      let near: [Int64] = [old &+ 1, old &- 1, old &* 2, old / 2, 0 &- old]
      let edges: [Int64] = [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 17, 31, 32, 33, 64, 127, 128, 255, 256, 1024, 1025,
        1 << 16, 1 << 20, 1 << 20 + 1, 1 << 30, Int64(Int32.max), -1, -2, -3, Int64(Int32.min),
      ]
      let small = random.next() % 3 == 0 ? near : edges
      return small[pick(small.count)]
    }
  }

  private func load(_ site: ModelSites.Site) -> Int64 {
    switch site.width {
    case 1: Int64(file[site.offset])
    case 4: Int64(file.loadUnaligned(fromByteOffset: site.offset, as: Int32.self))
    default: file.loadUnaligned(fromByteOffset: site.offset, as: Int64.self)
    }
  }

  private func store(_ value: Int64, _ site: ModelSites.Site) {
    switch site.width {
    case 1: file[site.offset] = UInt8(truncatingIfNeeded: value)
    case 4:
      file.storeBytes(
        of: Int32(truncatingIfNeeded: value), toByteOffset: site.offset, as: Int32.self)
    default: file.storeBytes(of: value, toByteOffset: site.offset, as: Int64.self)
    }
  }
}
