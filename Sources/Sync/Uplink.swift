import Config
import Store

/// Where records go. One file a kind: `CloudEventsUplink`, `MLflowUplink`.
package protocol Uplink: AnyObject {
  /// So many records at most are sent at once.
  var recordsMax: Int { get }

  /// Hands records to the server: when this returns, every one of them is safely there. Sent again
  /// (an answer may be lost) they are the same for the server, by the name `<epoch>-<sequence>`.
  ///
  /// - Throws: `.status` with a final verdict that is not `isOfTheServer` when the server refuses
  ///   something in it for good; the caller finds out which by sending halves.
  func send(_ records: [StoredRecord], epoch: String) throws(SyncError)
}

extension UplinkSettings {
  /// - Parameter agent: this board's id, under which its records are known there.
  package func uplink(_ client: HTTPClient, agent: String) -> any Uplink {
    switch self {
    case .cloudEvents(let server):
      CloudEventsUplink(Server(server.url, client), agent: agent)
    case .mlflow(let server, let experiment):
      MLflowUplink(Server(server.url, client), agent: agent, experiment: experiment)
    }
  }
}
