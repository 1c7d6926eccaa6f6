import CPlatform

@testable import Config
@testable import Models
@testable import SensorIO
@testable import System
@testable import Text

/// Bytes as a JSON document.
///
/// Goal: no bytes crash. Both readers accept the same documents. A document that was read can be
/// written and read again.
enum JSONFuzzing {
  static func run(_ bytes: UnsafeRawBufferPointer) {
    do throws(JSONError) {
      let value = try JSONValue.parse(bytes, JSONOptions(duplicates: .kept))
      precondition(tokensAccept(bytes), "the document builder accepts more than its tokens")
      writeAgain(value, sourceBytes: bytes.count)
    } catch {
      let lineCount = bytes.count { $0 == 0x0A } + 1
      precondition((1...lineCount).contains(error.line) && error.column >= 1)
    }
    _ = try? JSONValue.parse(bytes)
  }

  private static func tokensAccept(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var tokenizer = JSONTokenizer(bytes)
    do throws(JSONError) {
      while try tokenizer.next() != nil {}
      return true
    } catch {
      return false
    }
  }

  private static func writeAgain(_ value: JSONValue, sourceBytes: Int) {
    // "\u0001" is the longest way to write a byte; a number may become 25 bytes.
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: 64 + 32 * sourceBytes, alignment: 8)
    defer { buffer.deallocate() }
    var writer = JSONWriter(buffer)
    writer.value(value)
    guard let text = writer.finished else { preconditionFailure("no room") }
    guard let again = try? JSONValue.parse(text, JSONOptions(duplicates: .kept, bytesMax: .max))
    else { preconditionFailure("what was written cannot be read") }
    precondition(again == value, "a value changes when it is written")
  }
}

/// Bytes as a configuration and as a model's manifest.
///
/// Goal: no bytes crash, and every refusal has a place in the document and a message of one line.
enum TOMLFuzzing {
  static func run(_ bytes: UnsafeRawBufferPointer) {
    let source = ConfigurationSource(file: "t", bytes: Array(bytes))
    let lineCount = bytes.count { $0 == 0x0A } + 1
    do throws(ConfigurationError) {
      _ = try Configuration.parse([source])
    } catch {
      precondition(!error.faults.isEmpty)
      for fault in error.faults {
        precondition(fault.place.column >= 1 && (1...lineCount).contains(fault.place.line))
      }
      for message in error.messages {
        precondition(message.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "\(message)")
      }
    }
    _ = try? ModelManifest.parse(source)
  }
}

/// Bytes as a recording.
///
/// Goal: no bytes crash. Every row has one value for each column. Mistakes name a line of the file.
/// The items of a raw recording lie in the file, one behind the other, with times that never go
/// back.
/// Method: the bytes as CSV, as a raw recording, and as the body of one block whose checksum is
/// right.
enum RecordingFuzzing {
  static func run(_ bytes: UnsafeRawBufferPointer) {
    readRaw(Array(bytes))
    if let kind = bytes.first { readRaw(whole + block(UInt32(kind % 6), Array(bytes.dropFirst()))) }
    readCSV(bytes)
  }

  private static let whole =
    RawRecordingFormat.magic + word(RawRecordingFormat.version) + block(1, [])

  private static func word(_ number: UInt32) -> [UInt8] {
    [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: number >> UInt32($0)) }
  }

  private static func block(_ kind: UInt32, _ body: [UInt8]) -> [UInt8] {
    let block = word(kind) + word(UInt32(body.count)) + body
    return block + word(CRC32.of(block))
  }

  private static func readRaw(_ file: [UInt8]) {
    guard var reader = try? RawRecordingReader(file) else { return }
    _ = try? RecordingHead(reader.head, file: "recording")
    var (end, time) = (0, Int64(0))
    while let item = reader.next() {
      precondition(item.place.lowerBound >= end && item.place.upperBound <= file.count)
      precondition((time...RawRecordingLimits.nanosecondsMax).contains(item.arrival))
      precondition((0..<RawRecordingLimits.streamsMax).contains(item.stream))
      (end, time) = (item.place.upperBound, item.arrival)
    }
    precondition(reader.ending != nil && reader.nanoseconds >= time)
  }

  private static func readCSV(_ bytes: UnsafeRawBufferPointer) {
    let file = memfd_create("recording", 0)
    precondition(file >= 0)
    let descriptor = Descriptor(owning: file)
    precondition(write(file, bytes.baseAddress, bytes.count) == bytes.count)
    lseek(file, 0, SEEK_SET)
    let lineCount = bytes.count { $0 == 0x0A } + 1
    guard let reader = try? RecordingReader(descriptor) else { return }
    var values = [Float](repeating: 0, count: reader.columns.count)
    values.withUnsafeMutableBufferPointer { values in
      while true {
        do throws(RecordingError) {
          guard try reader.next(into: values) else { return }
        } catch {
          if case .row(let line, _) = error { precondition((1...lineCount).contains(line)) }
        }
        precondition(reader.line <= lineCount)
      }
    }
  }
}
