import CPlatform
import System

/// The outcome of one read or write.
enum Transfer {
  case bytes(Int)
  /// No byte moved. Wait for this direction, then try again.
  case wait(Watch.Direction)
  /// The other side said that nothing more comes. In TLS a message says this. A TLS connection that
  /// ends without the message throws `.cut`.
  case end
}

/// A connection whose reads and writes never wait.
protocol Transport: AnyObject {
  var raw: Int32 { get }
  /// The bytes that TCP carried so far, in both directions.
  var wireBytes: Int64 { get }
  /// Whether sync may believe the server that `seconds` since 1970 is the time. The server has to
  /// have proved its name with a certificate that is valid at that time.
  func vouches(for seconds: Int64) -> Bool
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(HTTPFault) -> Transfer
  func write(_ bytes: UnsafeRawBufferPointer) throws(HTTPFault) -> Transfer
}

/// A TCP connection.
final class TCPStream: Transport {
  private let descriptor: Descriptor
  private(set) var wireBytes: Int64 = 0
  func vouches(for seconds: Int64) -> Bool { false }
  var raw: Int32 { descriptor.raw }

  /// Connects to the first address that answers. Each address may take the time to connect of
  /// `TimeLimits`.
  ///
  /// - Throws: the fault of the last address; `.resolve`; `.cancelled`.
  static func connect(host: String, port: UInt16, watch: Watch) throws(HTTPFault) -> TCPStream {
    var last = HTTPFault.resolve(code: EAI_NONAME)
    for address in try Resolver.addresses(of: host, port: port) {
      do throws(HTTPFault) {
        return try TCPStream(address, watch: watch)
      } catch .cancelled {
        throw .cancelled
      } catch {
        last = error
      }
    }
    throw last
  }

  private init(_ address: Resolver.Address, watch: Watch) throws(HTTPFault) {
    let raw = socket(address.family, CP_STREAM, 0)
    guard raw >= 0 else { throw .connect(code: cp_errno()) }
    descriptor = Descriptor(owning: raw)
    cp_send_at_once(raw)
    watch.enter(.connecting)
    var storage = address.storage
    let code = withUnsafeBytes(of: &storage) {
      let pointer = $0.baseAddress!.assumingMemoryBound(to: sockaddr.self)
      return cp_connect_any(raw, pointer, address.bytes) == 0 ? 0 : cp_errno()
    }
    guard code != 0 else { return }
    guard code == EINPROGRESS || code == EINTR else { throw .connect(code: code) }
    try watch.wait(for: .writable, of: raw)
    let outcome = cp_socket_error(raw)
    guard outcome == 0 else { throw .connect(code: outcome) }
  }

  @export(interface)
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(HTTPFault) -> Transfer {
    do throws(SystemError) {
      switch try descriptor.read(into: buffer) {
      case .bytes(let count):
        wireBytes += Int64(count)
        return .bytes(count)
      case .wouldBlock: return .wait(.readable)
      case .end: return .end
      }
    } catch {
      throw .transfer(code: error.code)
    }
  }

  @export(interface)
  func write(_ bytes: UnsafeRawBufferPointer) throws(HTTPFault) -> Transfer {
    do throws(SystemError) {
      guard let count = try descriptor.write(bytes) else { return .wait(.writable) }
      wireBytes += Int64(count)
      return .bytes(count)
    } catch {
      throw .transfer(code: error.code)
    }
  }
}
