import CPlatform
import System
import Trust

/// `keys new`: makes a pair of keys for the machine that signs models. Boards need only the public
/// key.
enum KeysCommand {
  enum Action: String, CommandAction {
    case new

    var usage: String {
      "new --private FILE --public FILE [--algorithm ed25519|ecdsa-p256]"
    }
  }

  static func execute(_ words: [String]) throws(Failure) {
    let paths: (private: String, public: String)
    let algorithm: SignatureAlgorithm
    do throws(UsageError) {
      _ = try Action(words)
      let arguments = try Arguments(
        Array(words.dropFirst()), valued: ["--private", "--public", "--algorithm"])
      try arguments.noOperand()
      paths = (try arguments.required("--private"), try arguments.required("--public"))
      algorithm = try Self.algorithm(arguments.value("--algorithm"))
    } catch {
      throw .usage(error, .keys, words)
    }
    do throws(TrustError) {
      let key = try made(algorithm)
      try write(key.privatePEM, to: paths.private, mode: 0o600)
      try write(key.publicPEM, to: paths.public, mode: 0o644)
      Terminal.write(
        "key \(key.identifier), \(algorithm.rawValue)\n"
          + "\(paths.private): keep it secret, off the boards, and backed up\n"
          + "\(paths.public): copy it into each board's trust.d\n")
    } catch {
      throw Failure(exitCode: 1, lines: error.lines)
    }
  }

  private static func made(_ algorithm: SignatureAlgorithm) throws(TrustError) -> PrivateKey {
    do throws(KeyError) {
      return try PrivateKey(algorithm)
    } catch {
      throw .key(path: "keys new", error)
    }
  }

  private static func algorithm(_ text: String?) throws(UsageError) -> SignatureAlgorithm {
    guard let text else { return .ed25519 }
    guard let algorithm = SignatureAlgorithm(rawValue: text) else {
      throw .choice(
        option: "--algorithm", text: text,
        choices: SignatureAlgorithm.allCases.map { $0.rawValue })
    }
    return algorithm
  }

  /// Never replaces a key that exists: there may be no other copy.
  private static func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws(TrustError) {
    do throws(Files.Failure) {
      try Files.create(path, bytes, mode: mode)
    } catch {
      throw .file(path: path, error)
    }
  }
}
