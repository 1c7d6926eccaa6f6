import System

/// What another process asks of the core that has the outbox.
package enum DoorRequest: Equatable, Sendable {
  /// Which file the core has, and what waits in it.
  case survey
  case next(max: Int, passingOver: [Int64])
  case release(epoch: String, sequences: [Int64])
  case setAside(epoch: String, sequence: Int64, reason: String)
  case retrySetAside(epoch: String)
  case delete(epoch: String, through: Int64)
  case recordingBytes(after: Int64)
  case recording(after: Int64)
  /// Sync has a bundle in its staging folder.
  case adopt(DoorWish)
  /// From now on the core writes a `bell` when an alert is in the outbox. It answers nothing else
  /// on this connection.
  case listen
}

/// What the core answers.
package enum DoorAnswer: Equatable, Sendable {
  case survey(DoorSurvey)
  case records(epoch: String, [StoredRecord])
  case recording(StoredRecording?)
  /// How many records that was; or the bytes of a recording, -1 for none.
  case done(Int64)
  /// What became of a wish, in the form of `AdoptionAnswer`.
  case adopted([UInt8])
  case failed(OutboxError)
  case bell
}

/// A version of a model that the core shall verify and adopt.
package struct DoorWish: Equatable, Sendable {
  package var name: String
  package var version: String
  /// It is installed already.
  package var isHere: Bool
  /// A person or an alias names the version.
  package var isChosen: Bool
  /// The owner said in the registry that it takes over without a trial.
  package var waivesTrial: Bool

  package init(name: String, version: String, isHere: Bool, isChosen: Bool, waivesTrial: Bool) {
    (self.name, self.version, self.isHere) = (name, version, isHere)
    (self.isChosen, self.waivesTrial) = (isChosen, waivesTrial)
  }
}

package struct DoorSurvey: Equatable, Sendable {
  package var epoch: String
  /// Of the file: a command may name another one.
  package var device: UInt64
  package var index: UInt64
  package var count: Int64
  package var hasAlert: Bool
}

/// A message as bytes: its length in four bytes, least significant first, then a byte that says
/// which case it is, then its members.
package enum DoorMessage {
  package static let headBytes = 4
  /// Of a request. The longest one is a release.
  package static let requestBytesMax = 4 << 10
  /// The records of one answer have 128 KiB of bodies, an eighth of the largest log; one record
  /// more, and what is around 256 of them.
  package static let answerBytesMax = 256 << 10
  /// A longer body is in no answer. The agent writes none of a tenth of this.
  static let bodyBytesMax = 160 << 10
  /// No uplink takes more records at once.
  package static let recordsMax = 256

  /// The length of the message that begins with these bytes, its head included; nil while the head
  /// is not there.
  package static func length(_ bytes: ArraySlice<UInt8>) -> Int? {
    var reader = RecordReader(bytes)
    return reader.number(UInt32.self).map { Int($0) + headBytes }
  }

  private static func framed(_ writer: RecordWriter) -> [UInt8] {
    var head = RecordWriter()
    head.put(UInt32(truncatingIfNeeded: writer.bytes.count))
    return head.bytes + writer.bytes
  }

  // MARK: requests

  package static func bytes(_ request: DoorRequest) -> [UInt8] {
    var writer = RecordWriter()
    switch request {
    case .survey: writer.put(1 as UInt8)
    case .next(let max, let passedOver):
      writer.put(2 as UInt8)
      writer.put(UInt32(truncatingIfNeeded: max))
      for sequence in passedOver { writer.put(sequence) }
    case .release(let epoch, let sequences):
      writer.put(3 as UInt8)
      writer.put(epoch, bytesMax: 32)
      for sequence in sequences { writer.put(sequence) }
    case .setAside(let epoch, let sequence, let reason):
      writer.put(4 as UInt8)
      writer.put(epoch, bytesMax: 32)
      writer.put(sequence)
      writer.put(Array(reason.cut(toBytes: OutboxLimits.reasonBytesMax).utf8))
    case .retrySetAside(let epoch):
      writer.put(5 as UInt8)
      writer.put(epoch, bytesMax: 32)
    case .delete(let epoch, let sequence):
      writer.put(6 as UInt8)
      writer.put(epoch, bytesMax: 32)
      writer.put(sequence)
    case .recordingBytes(let sequence):
      writer.put(7 as UInt8)
      writer.put(sequence)
    case .recording(let sequence):
      writer.put(8 as UInt8)
      writer.put(sequence)
    case .listen: writer.put(9 as UInt8)
    case .adopt(let wish):
      writer.put(20 as UInt8)
      writer.put(wish.name, bytesMax: 64)
      writer.put(wish.version, bytesMax: 64)
      let flags = [(wish.isHere, 1), (wish.isChosen, 2), (wish.waivesTrial, 4)] as [(Bool, UInt8)]
      writer.put(flags.reduce(0 as UInt8) { $1.0 ? $0 | $1.1 : $0 })
    }
    return framed(writer)
  }

  /// - Parameter bytes: a whole message without its head, from a process that may be anybody's.
  /// - Returns: nil for what is no request.
  package static func request(_ bytes: ArraySlice<UInt8>) -> DoorRequest? {
    var reader = RecordReader(bytes)
    guard let request = request(&reader), reader.isAtEnd else { return nil }
    return request
  }

  private static func request(_ reader: inout RecordReader) -> DoorRequest? {
    switch reader.number(UInt8.self) {
    case 1: return .survey
    case 2:
      guard let max = reader.number(UInt32.self), 1...recordsMax ~= Int(max),
        let passedOver = sequences(&reader, OutboxLimits.passedOverMax)
      else { return nil }
      return .next(max: Int(max), passingOver: passedOver)
    case 3:
      guard let epoch = reader.text(), let sequences = sequences(&reader, recordsMax) else {
        return nil
      }
      return .release(epoch: epoch, sequences: sequences)
    case 4:
      guard let epoch = reader.text(), let sequence = reader.number(Int64.self),
        let reason = reader.bytes(max: OutboxLimits.reasonBytesMax)
      else { return nil }
      return .setAside(
        epoch: epoch, sequence: sequence, reason: String(decoding: reason, as: UTF8.self))
    case 5: return reader.text().map { .retrySetAside(epoch: $0) }
    case 6:
      guard let epoch = reader.text(), let sequence = reader.number(Int64.self) else { return nil }
      return .delete(epoch: epoch, through: sequence)
    case 7: return reader.number(Int64.self).map { .recordingBytes(after: $0) }
    case 8: return reader.number(Int64.self).map { .recording(after: $0) }
    case 9: return .listen
    case 20:
      guard let name = reader.text(), let version = reader.text(),
        let flags = reader.number(UInt8.self), flags < 8
      else { return nil }
      return .adopt(
        DoorWish(
          name: name, version: version, isHere: flags & 1 != 0, isChosen: flags & 2 != 0,
          waivesTrial: flags & 4 != 0))
    default: return nil
    }
  }

  /// The rest of a request.
  private static func sequences(_ reader: inout RecordReader, _ max: Int) -> [Int64]? {
    var sequences: [Int64] = []
    while !reader.isAtEnd {
      guard sequences.count < max, let sequence = reader.number(Int64.self) else { return nil }
      sequences.append(sequence)
    }
    return sequences
  }

  // MARK: answers

  package static func bytes(_ answer: DoorAnswer) -> [UInt8] {
    var writer = RecordWriter()
    switch answer {
    case .survey(let survey):
      writer.put(1 as UInt8)
      writer.put(survey.epoch, bytesMax: 32)
      writer.put(survey.device)
      writer.put(survey.index)
      writer.put(survey.count)
      writer.put(survey.hasAlert ? 1 : 0 as UInt8)
    case .records(let epoch, let records):
      writer.put(2 as UInt8)
      writer.put(epoch, bytesMax: 32)
      for record in records { put(record, &writer) }
    case .recording(let recording):
      writer.put(3 as UInt8)
      if let recording { put(recording, &writer) }
    case .done(let count):
      writer.put(4 as UInt8)
      writer.put(count)
    case .failed(let error):
      writer.put(5 as UInt8)
      put(error, &writer)
    case .bell: writer.put(6 as UInt8)
    case .adopted(let bytes):
      writer.put(20 as UInt8)
      writer.put(bytes)
    }
    return framed(writer)
  }

  /// - Returns: nil for what is no answer.
  package static func answer(_ bytes: ArraySlice<UInt8>) -> DoorAnswer? {
    var reader = RecordReader(bytes)
    guard let answer = answer(&reader), reader.isAtEnd else { return nil }
    return answer
  }

  private static func answer(_ reader: inout RecordReader) -> DoorAnswer? {
    switch reader.number(UInt8.self) {
    case 1:
      guard let epoch = reader.text(), let device = reader.number(UInt64.self),
        let index = reader.number(UInt64.self), let count = reader.number(Int64.self),
        let hasAlert = reader.number(UInt8.self)
      else { return nil }
      return .survey(
        DoorSurvey(
          epoch: epoch, device: device, index: index, count: count, hasAlert: hasAlert == 1))
    case 2:
      guard let epoch = reader.text() else { return nil }
      var records: [StoredRecord] = []
      while !reader.isAtEnd {
        guard records.count < recordsMax, let record = record(&reader, like: records.last) else {
          return nil
        }
        records.append(record)
      }
      return .records(epoch: epoch, records)
    case 3:
      if reader.isAtEnd { return .recording(nil) }
      return recording(&reader).map { .recording($0) }
    case 4: return reader.number(Int64.self).map { .done($0) }
    case 5: return error(&reader).map { .failed($0) }
    case 6: return .bell
    case 20: return reader.bytes(max: 32 << 10).map { .adopted($0) }
    default: return nil
    }
  }

  // MARK: members

  private static func put(_ record: StoredRecord, _ writer: inout RecordWriter) {
    writer.put(record.sequence)
    writer.put(record.kind)
    writer.put(record.at)
    writer.put(record.boot, bytesMax: 64)
    put(time: record.time, &writer)
    writer.put(record.source, bytesMax: 255)
    writer.put(Array(record.body.utf8))
  }

  /// Its texts are often those of the record before: then it shares them.
  private static func record(
    _ reader: inout RecordReader, like last: StoredRecord?
  ) -> StoredRecord? {
    guard let sequence = reader.number(Int64.self), let kind = reader.number(Int64.self),
      let at = reader.number(Int64.self), var boot = reader.text(), let time = time(&reader),
      var source = reader.text(), let body = reader.bytes(max: answerBytesMax)
    else { return nil }
    if let last, last.boot == boot { boot = last.boot }
    if let last, last.source == source { source = last.source }
    return StoredRecord(
      sequence: sequence, kind: kind, at: at, boot: boot, time: time.value, source: source,
      body: String(decoding: body, as: UTF8.self))
  }

  private static func put(_ recording: StoredRecording, _ writer: inout RecordWriter) {
    writer.put(recording.sequence)
    writer.put(recording.episode)
    writer.put(recording.at)
    writer.put(recording.boot, bytesMax: 64)
    put(time: recording.time, &writer)
    writer.put(recording.sensor, bytesMax: 255)
    writer.put(recording.bytes)
  }

  private static func recording(_ reader: inout RecordReader) -> StoredRecording? {
    guard let sequence = reader.number(Int64.self), let episode = reader.number(Int64.self),
      let at = reader.number(Int64.self), let boot = reader.text(), let time = time(&reader),
      let sensor = reader.text(), let bytes = reader.bytes(max: OutboxLimits.recordingBytesMax)
    else { return nil }
    return StoredRecording(
      sequence: sequence, episode: episode, at: at, boot: boot, time: time.value, sensor: sensor,
      bytes: bytes)
  }

  private static func put(time: Int64?, _ writer: inout RecordWriter) {
    writer.put(time == nil ? 0 : 1 as UInt8)
    writer.put(time ?? 0)
  }

  private static func time(_ reader: inout RecordReader) -> (value: Int64?, ())? {
    guard let isKnown = reader.number(UInt8.self), let time = reader.number(Int64.self) else {
      return nil
    }
    return (isKnown == 1 ? time : nil, ())
  }

  private static func put(_ error: OutboxError, _ writer: inout RecordWriter) {
    let (kind, one, other): (UInt8, Int64, Int64) =
      switch error {
      case .sqlite(let code, let system): (1, Int64(code), Int64(system))
      case .foreign(let application): (2, application, 0)
      case .newer(let version): (3, version, 0)
      case .empty: (4, 0, 0)
      case .logFull: (5, 0, 0)
      case .held: (6, 0, 0)
      case .replaced: (7, 0, 0)
      case .silent: (8, 0, 0)
      }
    writer.put(kind)
    writer.put(one)
    writer.put(other)
  }

  private static func error(_ reader: inout RecordReader) -> OutboxError? {
    guard let kind = reader.number(UInt8.self), let one = reader.number(Int64.self),
      let other = reader.number(Int64.self)
    else { return nil }
    switch kind {
    case 1:
      return .sqlite(code: Int32(truncatingIfNeeded: one), system: Int32(truncatingIfNeeded: other))
    case 2: return .foreign(application: one)
    case 3: return .newer(version: one)
    case 4: return .empty
    case 5: return .logFull
    case 6: return .held
    case 7: return .replaced
    case 8: return .silent
    default: return nil
    }
  }
}
