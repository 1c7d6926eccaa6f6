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
  private var isAtEnd = false
  private var framer = LineFramer()
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
    framer.withFrame { columns = Self.names(in: $0) }
    do throws(DecodingSetupError) {
      decoder = try SampleDecoder(.csv, fields: columns.map { FieldSettings(name: $0) })
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
    guard try nextLine() else { return false }
    var fault: DecodeError?
    framer.withFrame { frame in
      do throws(DecodeError) { try decoder!.decode(frame, into: values) } catch { fault = error }
    }
    if let fault { throw .row(line: line, fault) }
    return true
  }

  /// Reads up to the next line that is not empty, which the framer then holds.
  private func nextLine() throws(RecordingError) -> Bool {
    while !isAtEnd {
      if unread.isEmpty { try fill() }
      // The end of the file ends the last line.
      let byte = isAtEnd ? .lineFeed : buffer[unread.lowerBound]
      if !isAtEnd { unread = unread.dropFirst() }
      if byte == .lineFeed { line += 1 }
      do throws(FrameError) {
        if try framer.push(byte) { return true }
      } catch {
        throw .lineTooLong(line: line + 1, bytesMax: SensorLimits.lineBytesMax)
      }
    }
    return false
  }

  private func fill() throws(RecordingError) {
    do throws(SystemError) {
      while true {
        switch try input.read(into: buffer) {
        case .bytes(let count):
          unread = 0..<count
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
    header.split(separator: .comma, omittingEmptySubsequences: false).map { name in
      let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == 0x09 }
      let start = name.drop(while: isBlank)
      return String(decoding: start.prefix { !isBlank($0) }, as: UTF8.self)
    }
  }
}
