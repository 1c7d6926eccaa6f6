import CPlatform
import System

/// Speaks HTTP/1.1 on one connection, one exchange after the other.
final class HTTPConnection {
  private let transport: any Transport
  private let meter: TrafficMeter?
  /// The bytes of the transport that the meter has counted.
  private var metered: Int64 = 0
  private let buffer: UnsafeMutableRawBufferPointer
  private var (start, end) = (0, 0)
  /// The last exchange ended well, and both sides keep the connection. It is true before the first
  /// exchange too.
  private(set) var isReusable = true
  /// A byte of the current answer has come.
  private(set) var hasAnswered = false

  init(_ transport: any Transport, meter: TrafficMeter?) {
    self.transport = transport
    self.meter = meter
    buffer = .allocate(byteCount: HTTPLimits.bufferBytes, alignment: 16)
  }

  deinit { buffer.deallocate() }

  /// Whether the server has closed the kept connection, or has sent bytes without a request.
  var isStale: Bool {
    start < end || Wait.isReady(transport.raw, milliseconds: 0)
  }

  func vouches(for seconds: Int64) -> Bool { transport.vouches(for: seconds) }

  /// The connection has read bytes that belong to no answer.
  var hasLeftOver: Bool { start < end }

  /// Sends a request and reads the head of its answer.
  ///
  /// A server may answer and close before it has read the whole request. Then its answer counts,
  /// and the fault of sending does not.
  @export(interface)
  func send(
    head: [UInt8], body: [UInt8], isHead: Bool, watch: Watch
  ) throws(HTTPFault) -> (ResponseHead, BodyDecoder) {
    (isReusable, hasAnswered) = (false, false)
    watch.enter(.sending)
    var broken: HTTPFault?
    do throws(HTTPFault) {
      try send(head, watch)
      try send(body, watch)
    } catch .transfer(let code) {
      broken = .transfer(code: code)
    } catch .cut(let phase) {
      broken = .cut(phase)
    }
    do throws(HTTPFault) {
      return try readHead(isHead: isHead, watch: watch)
    } catch {
      throw broken ?? error
    }
  }

  /// Passes the body to the receiver, piece by piece. A body of more than `bytesMax` bytes ends the
  /// exchange.
  @export(interface)
  func readBody(
    _ head: ResponseHead, _ decoder: BodyDecoder, bytesMax: Int64,
    to receiver: any ResponseReceiver,
    watch: Watch
  ) throws(HTTPFault) {
    var decoder = decoder
    var left = bytesMax
    if let length = decoder.length, length > bytesMax { throw .bodyTooLarge(bytesMax: bytesMax) }
    while !decoder.isDone {
      if start == end, try !fill(watch, .body) {
        guard decoder.isUntilClose else { throw .cut(.body) }
        return
      }
      let bytes = UnsafeRawBufferPointer(rebasing: buffer[start..<end])
      let step: (taken: Int, body: Range<Int>)
      do throws(ChunkFault) {
        step = try decoder.take(bytes)
      } catch {
        throw .chunk(error)
      }
      start += step.taken
      guard !step.body.isEmpty else { continue }
      left -= Int64(step.body.count)
      guard left >= 0 else { throw .bodyTooLarge(bytesMax: bytesMax) }
      try receiver.receive(UnsafeRawBufferPointer(rebasing: bytes[step.body]))
    }
    let keeps = head.minorVersion == 1 && !head.lists("close", in: "connection")
    isReusable = keeps && start == end
  }

  private func send(_ bytes: [UInt8], _ watch: Watch) throws(HTTPFault) {
    var done = 0
    while done < bytes.count {
      var fault: HTTPFault?
      let step: Transfer = bytes.withUnsafeBytes { raw in
        do throws(HTTPFault) {
          return try transport.write(UnsafeRawBufferPointer(rebasing: raw[done...]))
        } catch {
          fault = error
          return .end
        }
      }
      if let fault { throw fault }
      switch step {
      case .bytes(let count):
        done += count
        watch.sent()
        try meterTraffic()
      case .wait(let direction): try watch.wait(for: direction, of: transport.raw)
      case .end: throw .cut(.sending)
      }
    }
  }

  private func meterTraffic() throws(HTTPFault) {
    let new = transport.wireBytes - metered
    metered += new
    try meter?.spend(new)
  }

  private func readHead(
    isHead: Bool, watch: Watch
  ) throws(HTTPFault) -> (ResponseHead, BodyDecoder) {
    watch.enter(.head)
    for _ in 0...HTTPLimits.interimHeadsMax {
      let head = try readOneHead(watch)
      if head.status == 101 { throw .head(.upgrade) }
      if head.isInterim { continue }
      do throws(HeadFault) {
        return (head, try BodyDecoder(head, isHead: isHead))
      } catch {
        throw .head(error)
      }
    }
    throw .head(.tooManyInterim)
  }

  private func readOneHead(_ watch: Watch) throws(HTTPFault) -> ResponseHead {
    var parser = HeadParser()
    while true {
      if start == end, try !fill(watch, .head) { throw .cut(.head) }
      do throws(HeadFault) {
        while start < end {
          start += 1
          if try parser.push(buffer[start - 1]) { return parser.head }
        }
      } catch {
        throw .head(error)
      }
    }
  }

  /// Waits for bytes and reads them into the buffer, which has to be empty.
  ///
  /// - Returns: false when the server sends nothing more.
  private func fill(_ watch: Watch, _ phase: HTTPFault.Phase) throws(HTTPFault) -> Bool {
    while true {
      let step: Transfer
      do throws(HTTPFault) {
        step = try transport.read(into: buffer)
      } catch .cut {
        throw .cut(phase)
      }
      switch step {
      case .bytes(let count):
        (start, end) = (0, count)
        hasAnswered = true
        try watch.received(count)
        try meterTraffic()
        return true
      case .wait(let direction): try watch.wait(for: direction, of: transport.raw)
      case .end: return false
      }
    }
  }
}
