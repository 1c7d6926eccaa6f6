import Config
import Store

/// Where sync sends records. Each kind has one file: `CloudEventsUplink`, `MLflowUplink`.
package protocol Uplink: AnyObject {
  /// The uplink takes at most so many records at once.
  var recordsMax: Int { get }

  /// Hands records to the server. When this returns, every one of them is safely there. An answer
  /// may be lost, and then sync sends the records again. The server knows each record by its name
  /// `<epoch>-<sequence>`.
  ///
  /// - Throws: why some of the records may not be there; `SyncError.blame` says what may be at
  ///   fault. The caller sends parts to find out which records fail.
  func send(_ records: [StoredRecord], epoch: String) throws(SyncError)

  /// What the uplink does not know of its last requests. The next upload gives it back.
  var inDoubt: MetricsInDoubt { get set }

  /// Hands the recording of an alert to the server, byte for byte, as the one of its `name`.
  ///
  /// - Throws: as for records. The caller goes on with the next one where the server takes no such
  ///   thing.
  func send(_ recording: StoredRecording, epoch: String) throws(SyncError)
}

extension Uplink {
  /// Servers that know a record by its name tell a second one cheaply.
  package var inDoubt: MetricsInDoubt {
    get { MetricsInDoubt() }
    set {}
  }
}

extension StoredRecording {
  /// `<epoch>-r<sequence>`: under it the recording is known everywhere. A record's name has no `r`.
  func name(epoch: String) -> String { "\(epoch)-r\(sequence)" }

  /// The name of the alert that left it; "" where its head does not tell.
  var alert: String {
    let name = RecordingHead.alert(of: bytes)?.name ?? ""
    return ConfigurationText.isDottedName(name) ? name : ""
  }
}

extension UplinkSettings {
  /// - Parameter agent: this board's id, by which the server knows its records.
  package func uplink(_ client: HTTPClient, agent: String) -> any Uplink {
    switch self {
    case .cloudEvents(let server, let events):
      CloudEventsUplink(Server(server.url, client), agent: agent, events: events)
    case .mlflow(let server, let experiment):
      MLflowUplink(Server(server.url, client), agent: agent, experiment: experiment)
    }
  }
}
