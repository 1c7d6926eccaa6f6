@testable import Models
@testable import Store
@testable import Sync
@testable import Text
@testable import Trust

/// Bytes that come from outside: a server's answer, its redirects and dates, a bundle's signature,
/// the kept time, what a person takes for an address, the kernel's news of links; and what a
/// process says at the core's door.
///
/// Goal: no bytes crash. An answer means the same in any pieces. A body is no longer than the bytes
/// that came.
enum ServerFuzzing {
  static func run(_ bytes: UnsafeRawBufferPointer) {
    var random = FuzzRandom(of: bytes)
    let whole = answer(bytes) { bytes.count }
    let cut = answer(bytes) { Int(random.next() % 7) + 1 }
    precondition(whole == cut, "an answer depends on where it is cut")
    let text = String(decoding: bytes, as: UTF8.self)
    if let url = try? URL(text) {
      precondition((try? URL(url.text)) == url, "an address changes when it is written")
      _ = try? url.resolving("../" + url.target)
    }
    _ = HTTPDate.seconds(text)
    _ = ContentRange(text)
    _ = CalendarTime.seconds(rfc3339: text)
    _ = try? BundleSignature(Array(bytes))
    _ = BundleDigests(text: text)
    let time = TrustedTimeFile(Array(bytes))
    precondition(TrustedTimeFile(Array(time.text.utf8)) == time, "a floor changes when it is kept")
    let shown = SecretText.address(text)
    precondition(SecretText.address(shown) == shown, "a mask is not what it hides")
    _ = (SecretText.line(text), SecretText.answer(text, secrets: ["Bearer abcd"]))
    _ = TrialVerdict(Array(bytes), of: "2")
    _ = LinkWatcher().readMessages(bytes)
    door(Array(bytes)[...])
  }

  private static func door(_ bytes: ArraySlice<UInt8>) {
    if let request = DoorMessage.request(bytes) {
      // Texts that are no UTF-8 come out otherwise, and as requests again.
      let again = DoorMessage.bytes(request)
      precondition(DoorMessage.request(again[DoorMessage.headBytes...]) != nil)
    }
    if let answer = DoorMessage.answer(bytes) {
      let again = DoorMessage.bytes(answer)
      precondition(DoorMessage.length(again[...]) == again.count)
    }
  }

  private enum Answer: Equatable {
    case refused
    case unfinished(ResponseHead?, body: [UInt8])
    case whole(ResponseHead, body: [UInt8])
  }

  /// - Parameter piece: the count of bytes that come next, at least 1.
  private static func answer(_ bytes: UnsafeRawBufferPointer, piece: () -> Int) -> Answer {
    var parser = HeadParser()
    var start = 0
    do throws(HeadFault) {
      while true {
        guard start < bytes.count else { return .unfinished(nil, body: []) }
        start += 1
        if try parser.push(bytes[start - 1]) { break }
      }
    } catch {
      return .refused
    }
    guard var decoder = try? BodyDecoder(parser.head, isHead: false) else { return .refused }
    var body: [UInt8] = []
    while !decoder.isDone {
      guard start < bytes.count else { return .unfinished(parser.head, body: body) }
      let end = min(start + piece(), bytes.count)
      var next = start
      do throws(ChunkFault) {
        while next < end, !decoder.isDone {
          let rest = UnsafeRawBufferPointer(rebasing: bytes[next..<end])
          let step = try decoder.take(rest)
          precondition(step.taken >= 1 && step.body.upperBound <= rest.count)
          body += rest[step.body]
          next += step.taken
        }
      } catch {
        return .refused
      }
      start = next
    }
    precondition(body.count <= bytes.count)
    return .whole(parser.head, body: body)
  }
}
