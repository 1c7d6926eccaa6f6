import CPlatform
import System

/// What one attempt to move bytes came to.
enum Transfer {
  case bytes(Int)
  /// Nothing now: wait for that, and try again.
  case wait(Watch.Direction)
  /// The other side said that nothing more comes. For TLS that is a message; a mere end of the
  /// connection is `.cut`.
  case end
}

/// A connection that carries bytes both ways and never waits by itself.
protocol Transport: AnyObject {
  var raw: Int32 { get }
  /// Bytes over the link so far, both ways.
  var wireBytes: Int64 { get }
  /// Whether a server that has proved who it is may say that it is now that time, in seconds since
  /// 1970: its certificate has to be valid then.
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

  /// Connects to the first address that answers.
  ///
  /// - Throws: what the last one said.
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
