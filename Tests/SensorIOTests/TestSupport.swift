import CPlatform
import Testing

@testable import SensorIO
@testable import System

/// A folder of its own for one test.
final class TemporaryFolder {
  let path: String

  init() {
    var template = Array("/tmp/edgeagent-XXXXXX".utf8CString)
    path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
  }

  deinit {
    if let folder = opendir(path) {
      while let entry = readdir(folder) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) {
          String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        _ = unlink("\(path)/\(name)")
      }
      closedir(folder)
    }
    _ = rmdir(path)
  }

  func file(_ name: String, _ content: String = "") throws -> String {
    let file = "\(path)/\(name)"
    let raw = cp_open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    let descriptor = Descriptor(owning: raw)
    try descriptor.send(Array(content.utf8))
    return file
  }
}

extension Descriptor {
  /// Writes all of it; the test keeps it small enough to fit.
  func send(_ bytes: [UInt8]) throws {
    guard !bytes.isEmpty else { return }
    #expect(try bytes.withUnsafeBytes { try write($0) } == bytes.count)
  }

  /// One read, after waiting for it up to a second.
  func receive() throws -> (result: ReadResult, bytes: [UInt8]) {
    var bytes = [UInt8](repeating: 0, count: 4096)
    var waiting = pollfd(fd: raw, events: Int16(POLLIN), revents: 0)
    _ = poll(&waiting, 1, 1000)
    let result = try bytes.withUnsafeMutableBytes { try read(into: $0) }
    guard case .bytes(let count) = result else { return (result, []) }
    return (result, Array(bytes[..<count]))
  }
}

/// SplitMix64. A fresh seed each run, printed; EDGEAGENT_SEED repeats one.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(_ purpose: String) {
    let given = getenv("EDGEAGENT_SEED").flatMap { UInt64(String(cString: $0)) }
    state = given ?? UInt64.random(in: 0...UInt64.max)
    print("seed: EDGEAGENT_SEED=\(state) for \(purpose)")
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  mutating func bytes(_ count: Int, in range: ClosedRange<UInt8> = 0...255) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: range, using: &self) }
  }
}

extension FrameReader {
  /// The frames that these bytes complete, pushed in one piece or in pieces of `chunk` bytes.
  func frames(of bytes: [UInt8], chunk: Int = .max) -> [[UInt8]] {
    var frames: [[UInt8]] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = Array(rest.prefix(chunk))
      rest = rest.dropFirst(chunk)
      piece.withUnsafeBytes { push($0) { frames.append(Array($0)) } }
    }
    return frames
  }
}

extension FrameEncoder {
  func wire(_ payload: [UInt8]) throws(FrameError) -> [UInt8] {
    var wire: [UInt8] = []
    do {
      try payload.withUnsafeBytes { try encode($0, to: &wire) }
    } catch {
      throw error as! FrameError
    }
    return wire
  }
}

/// A file or folder of the material beside the checkout; nil, said aloud, where there is none.
func sharedPath(_ name: String, for test: String) -> String? {
  let checkout = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
  let beside = "/\(checkout)/../shared"
  let root = getenv("EDGEAGENT_SHARED").map { String(cString: $0) } ?? beside
  let path = "\(root)/\(name)"
  if access(path, R_OK) == 0 { return path }
  print("skipped: \(test): \(path) is absent")
  return nil
}

func contents(of path: String) throws -> [UInt8] {
  let file = try FilePort.open(path: path)
  var bytes: [UInt8] = []
  while true {
    let piece = try file.receive().bytes
    if piece.isEmpty { return bytes }
    bytes += piece
  }
}

func names(in folder: String) -> [String] {
  var names: [String] = []
  guard let open = opendir(folder) else { return [] }
  while let entry = readdir(open) {
    names.append(
      withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      })
  }
  closedir(open)
  return names.sorted()
}
