import Testing

@testable import Store
import TestSupport

/// Goal: what one end writes the other end reads, and no bytes of a hostile peer are taken for
/// anything else or end the process.
@Suite struct DoorMessageTests {
  private static let record = StoredRecord(
    sequence: 7, kind: 4, at: -1, boot: "boot-1", time: nil, source: "tank", body: "{\"a\":1}")

  private static let requests: [DoorRequest] = [
    .survey, .next(max: 256, passingOver: [1, .min]),
    .release(epoch: "00ff", sequences: [1, .max, .min]),
    .release(epoch: "", sequences: Array(1...256)),
    .setAside(epoch: "00ff", sequence: 9, reason: "no"), .retrySetAside(epoch: "00ff"),
    .delete(epoch: "00ff", through: .max), .recordingBytes(after: 0), .recording(after: .min),
    .listen,
    .adopt(
      DoorWish(name: "level", version: "1.2", isHere: true, isChosen: false, waivesTrial: true)),
    .adopt(DoorWish(name: "", version: "", isHere: false, isChosen: true, waivesTrial: false)),
  ]

  private static let answers: [DoorAnswer] = [
    .survey(.init(epoch: "00ff", device: .max, index: 0, count: -1, hasAlert: true)),
    .records(epoch: "00ff", []),
    .records(epoch: "00ff", [record, with(record, time: 5), with(record, time: .min)]),
    .recording(nil), .adopted([]), .adopted([2]), .adopted([UInt8](repeating: 7, count: 16 << 10)),
    .recording(
      .init(
        sequence: 1, episode: 2, at: 3, boot: "b", time: 4, sensor: "wrist", bytes: [0, 1, 255])),
    .done(-1), .failed(.sqlite(code: 11, system: 5)), .failed(.foreign(application: 5)),
    .failed(.newer(version: 9)), .failed(.empty), .failed(.logFull), .failed(.held),
    .failed(.replaced), .failed(.silent), .bell,
  ]

  private static func with(_ record: StoredRecord, time: Int64) -> StoredRecord {
    var record = record
    (record.time, record.source) = (time, "other")
    return record
  }

  private func body(_ bytes: [UInt8]) -> ArraySlice<UInt8> { bytes[DoorMessage.headBytes...] }

  @Test(arguments: requests) func `a request comes as it was sent`(request: DoorRequest) {
    let bytes = DoorMessage.bytes(request)
    #expect(DoorMessage.length(bytes[...]) == bytes.count)
    #expect(bytes.count <= DoorMessage.requestBytesMax)
    #expect(DoorMessage.request(body(bytes)) == request)
    for count in 0..<min(bytes.count, 40) {
      #expect(DoorMessage.length(bytes[..<count]) == (count < 4 ? nil : bytes.count))
    }
    #expect(DoorMessage.request(body(bytes) + [0]) != request)
  }

  @Test(arguments: answers) func `an answer comes as it was sent`(answer: DoorAnswer) {
    let bytes = DoorMessage.bytes(answer)
    #expect(DoorMessage.length(bytes[...]) == bytes.count)
    #expect(DoorMessage.answer(body(bytes)) == answer)
    let cut = body(bytes).dropLast()
    #expect(DoorMessage.answer(cut) != answer)
  }

  @Test func `a full batch fits an answer`() {
    let body = String(repeating: "x", count: (128 << 10) / 256)
    let source = String(repeating: "s", count: 64)
    let records = (0..<256).map {
      StoredRecord(
        sequence: $0, kind: 1, at: $0, boot: String(repeating: "b", count: 36), time: $0,
        source: source, body: body)
    }
    #expect(
      DoorMessage.bytes(.records(epoch: "00ff", records)).count <= DoorMessage.answerBytesMax)
    let one = StoredRecord(
      sequence: 1, kind: 1, at: 1, boot: "b", time: 1, source: source,
      body: String(repeating: "x", count: DoorMessage.bodyBytesMax))
    #expect(DoorMessage.bytes(.records(epoch: "00ff", [one])).count <= DoorMessage.answerBytesMax)
  }

  @Test func `no bytes end the process`() {
    var random = SeededGenerator("messages at the door")
    let known =
      Self.requests.map { DoorMessage.bytes($0) } + Self.answers.map { DoorMessage.bytes($0) }
    for _ in 0..<20_000 {
      var bytes = known[Int.random(in: 0..<known.count, using: &random)]
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
      let cut = bytes.prefix(Int.random(in: 0...bytes.count, using: &random))
      _ = DoorMessage.length(cut)
      let rest = cut.dropFirst(DoorMessage.headBytes)
      if let request = DoorMessage.request(rest), case .next(let max, _) = request {
        #expect(1...256 ~= max)
      }
      _ = DoorMessage.answer(rest)
    }
  }
}
