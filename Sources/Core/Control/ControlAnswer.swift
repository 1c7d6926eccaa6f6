import System
import Text

/// Builds the one line that a peer gets: an object with `"ok"` first.
struct ControlAnswer {
  let bytes: [UInt8]

  /// - Parameter members: must fit; it is the caller who makes pages.
  static func done(
    _ action: ControlAction, _ members: (inout JSONWriter) -> Void = { _ in }
  ) -> ControlAnswer {
    line { writer in
      writer.member("ok", true)
      writer.member("do", action.rawValue)
      members(&writer)
    }
  }

  static func refused(_ refusal: ControlRefusal) -> ControlAnswer {
    line { writer in
      writer.member("ok", false)
      writer.member("error", refusal.message)
      writer.member("remedy", refusal.remedy)
    }
  }

  private static func line(_ members: (inout JSONWriter) -> Void) -> ControlAnswer {
    var bytes = [UInt8](repeating: 0, count: ControlLimits.answerBytesMax)
    let count = bytes.withUnsafeMutableBytes { room in
      var writer = JSONWriter(room)
      writer.object(members)
      writer.newline()
      return writer.finished?.count
    }
    guard let count else { return refused(.busy) }
    return ControlAnswer(bytes: Array(bytes[..<count]))
  }
}

extension JSONWriter {
  /// A wall time as text; null where the board did not know the time.
  mutating func time(_ key: String, _ wall: Int64) {
    guard let wall = Clock.plausible(wall) else { return member(key, nil as String?) }
    Timestamp(wallNanoseconds: wall).withBytes { member(key, utf8: $0) }
  }
}
