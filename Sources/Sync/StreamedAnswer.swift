/// Takes the body of a success in pieces.
protocol AnswerReader: AnyObject {
  /// - Returns: false for bytes that it cannot read. Then no more come.
  func take(_ bytes: UnsafeRawBufferPointer) -> Bool
  /// Whether the body was whole.
  var isWhole: Bool { get }
}

/// Hands the body of a 2xx on in pieces, and keeps the beginning of every body for a message.
final class StreamedAnswer: ResponseReceiver {
  /// A refusal's words, or what shows a web page.
  private static let beginningBytesMax = 4 << 10

  private let reader: any AnswerReader
  private(set) var beginning: [UInt8] = []
  private var isSuccess = false

  init(_ reader: any AnswerReader) { self.reader = reader }

  func begin(_ head: ResponseHead, length: Int64?) { isSuccess = 200..<300 ~= head.status }

  func receive(_ bytes: UnsafeRawBufferPointer) throws(HTTPFault) {
    let room = Self.beginningBytesMax - beginning.count
    if room > 0 { beginning.append(contentsOf: bytes.prefix(room)) }
    guard !isSuccess || reader.take(bytes) else { throw .receiver }
  }
}
