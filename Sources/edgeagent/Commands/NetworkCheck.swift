import CPlatform
import Config
import Sync
import System
import Text

/// `check --network`: proves each server, with a line for each.
enum NetworkCheck {
  static func execute(
    _ configuration: Configuration, _ path: String, asJSON: Bool
  ) throws(Failure) {
    cp_ignore_signal(SIGPIPE)
    guard let settings = configuration.sync else {
      throw .configuration([
        "\(path): no server to prove; add [sync] with a registry or an uplink"
      ])
    }
    let findings = ServerProof(SyncContext(configuration, settings, cancelDescriptor: -1))
      .findings()
    Terminal.write(asJSON ? json(findings) : text(findings))
    guard findings.allSatisfy({ $0.isGood }) else { throw Failure(exitCode: 1, lines: []) }
  }

  private static func text(_ findings: [ServerProof.Finding]) -> String {
    findings.map { finding in
      Decimal.left(finding.name, width: 10) + finding.address
        + (finding.isGood ? ": ok: " : ": fails: ") + finding.words + "\n"
    }.joined()
  }

  private static func json(_ findings: [ServerProof.Finding]) -> String {
    JSONWriter.text { writer in
      writer.array("servers") { writer in
        for finding in findings {
          writer.object { writer in
            writer.member("name", finding.name)
            writer.member("address", finding.address)
            writer.member("ok", finding.isGood)
            writer.member("says", finding.words)
          }
        }
      }
    } + "\n"
  }
}
