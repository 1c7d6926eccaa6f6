import System
import Text

/// Why a recording cannot be read. Lines count from 1, columns from 0.
package enum RecordingError: Error, Equatable, Sendable {
  case port(PortError)
  case system(SystemError)
  case headerMissing
  /// The header has empty names, repeated names, too many names, …
  case header(DecodingSetupError)
  case lineTooLong(line: Int, bytesMax: Int)
  case row(line: Int, DecodeError)
}

/// Reads a recording: CSV whose first line has the names of the columns. Each other line is a
/// sample.
///
///     ax,ay,az
///     0.012,0.016,-0.017
///
/// It skips empty lines, and the last line needs no LF. It needs memory for one line and one
/// buffer, no matter how long the recording is.
package final class RecordingReader {
  /// The names of the columns, in the order of the file.
  package private(set) var columns: [String] = []
  /// The number of the line that was read last.
  package private(set) var line = 0

  private let input: Descriptor
  /// Nil for a regular file, of which a read never waits.
  private let poller: Poller?
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 8)
  /// The bytes of the buffer that are not yet used.
  private var unread = 0..<0
  /// The line that was read last, without its end.
  private var text = 0..<0
  private var isAtEnd = false
  /// The bytes up to the next LF are the rest of a line that is too long.
  private var isDiscarding = false
  private var decoder: SampleDecoder?

  package convenience init(path: String) throws(RecordingError) {
    let input: Descriptor
    do throws(PortError) { input = try FilePort.open(path: path) } catch { throw .port(error) }
    try self.init(input)
  }

  /// Reads the header; waits for it if the input is no regular file.
  @export(interface)
  package init(_ input: Descriptor) throws(RecordingError) {
    self.input = input
    do throws(SystemError) {
      poller = try input.isAlwaysReady ? nil : Poller(eventsMax: 1)
      try poller?.add(input.raw, token: 0, interest: .readable)
    } catch {
      throw .system(error)
    }
    guard try nextLine() else { throw .headerMissing }
    columns = Self.names(in: UnsafeRawBufferPointer(rebasing: buffer[text]))
    do throws(DecodingSetupError) {
      // A row is a row only with all its values.
      decoder = try SampleDecoder(
        .csv(), fields: columns.map { FieldSettings(name: $0, policy: .drop) })
    } catch {
      throw .header(error)
    }
  }

  deinit { buffer.deallocate() }

  /// Reads one sample; waits for it if the input is no regular file.
  ///
  /// - Parameter values: room for one value for each column.
  /// - Returns: false at the end of the recording.
  /// - Throws: after `.row` the next line can still be read.
  package func next(
    into values: UnsafeMutableBufferPointer<Float>
  ) throws(RecordingError) -> Bool {
    var isRow = false
    while !isRow {
      guard try nextLine() else { return false }
      let row = UnsafeRawBufferPointer(rebasing: buffer[text])
      do throws(DecodeError) {
        try decoder!.decode(row, at: 0, into: values) { _ in isRow = true }
      } catch {
        throw .row(line: line, error)
      }
    }
    return true
  }

  /// Reads up to the next line that is not empty: `text`.
  private func nextLine() throws(RecordingError) -> Bool {
    while true {
      // A line, and CR LF; more than that is not looked through for its end.
      let bytes = UnsafeRawBufferPointer(rebasing: buffer[unread].prefix(Self.lineBytesMax + 2))
      if let count = bytes.firstIndex(of: .lineFeed, from: 0) {
        if try take(count, end: 1) { return true }
      } else if isDiscarding || bytes.count == Self.lineBytesMax + 2 {
        let isNew = !isDiscarding
        isDiscarding = true
        unread = unread.dropFirst(bytes.count)
        if isNew { throw tooLong }
        if unread.isEmpty, isAtEnd { return false }
        if unread.isEmpty { try fill() }
      } else if isAtEnd {
        // The end of the file ends the last line.
        guard !unread.isEmpty else { return false }
        return try take(unread.count, end: 0)
      } else {
        try fill()
      }
    }
  }

  /// Uses up a line and its end.
  ///
  /// - Returns: whether `text` holds something now.
  private func take(_ count: Int, end: Int) throws(RecordingError) -> Bool {
    let first = unread.lowerBound
    unread = unread.dropFirst(count + end)
    let wasDiscarding = isDiscarding
    isDiscarding = false
    let hasReturn = count > 0 && buffer[first + count - 1] == .carriageReturn
    text = first..<first + count - (hasReturn ? 1 : 0)
    guard wasDiscarding || text.count <= Self.lineBytesMax else {
      defer { line += 1 }
      throw tooLong
    }
    line += 1
    return !wasDiscarding && !text.isEmpty
  }

  private static let lineBytesMax = SensorLimits.lineBytesMax

  private var tooLong: RecordingError {
    .lineTooLong(line: line + 1, bytesMax: Self.lineBytesMax)
  }

  /// Reads behind the bytes that are not yet used, less than a line.
  private func fill() throws(RecordingError) {
    buffer.move(unread, to: 0)
    unread = 0..<unread.count
    do throws(SystemError) {
      while true {
        let room = UnsafeMutableRawBufferPointer(rebasing: buffer[unread.count...])
        switch try input.read(into: room) {
        case .bytes(let count):
          unread = 0..<unread.count + count
          return
        case .end:
          isAtEnd = true
          return
        case .wouldBlock: _ = try poller?.wait(timeoutMilliseconds: nil)
        }
      }
    } catch {
      throw .system(error)
    }
  }

  private static func names(in header: UnsafeRawBufferPointer) -> [String] {
    LineText.unmarked(header).split(separator: .comma, omittingEmptySubsequences: false).map {
      name in
      let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == 0x09 }
      let start = name.drop(while: isBlank)
      return String(decoding: start.prefix { !isBlank($0) }, as: UTF8.self)
    }
  }
}
