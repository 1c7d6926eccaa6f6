import Text

/// Where records go. Users write it in the same way in a configuration and on a command line.
package enum UplinkSettings: Equatable, Sendable {
  /// `cloudevents:https://ingest.example.org/events`
  case cloudEvents(ServerSettings)
  /// `mlflow:https://mlflow.example.org`, with the name of the experiment.
  case mlflow(ServerSettings, experiment: String)

  package static let experimentDefault = "edgeagent"

  /// - Parameters:
  ///   - text: the address, without secrets for the server; other keys or options give those.
  ///   - experiment: for MLflow only; CloudEvents have no experiment.
  @export(interface)
  package init(_ text: String, experiment: String = experimentDefault) throws(UplinkError) {
    let (scheme, rest) = ConfigurationText.split(text, at: ":")
    guard let rest, scheme == "cloudevents" || scheme == "mlflow" else { throw .address(text) }
    do throws(URLFault) {
      let server = ServerSettings(url: try URL(rest))
      self =
        scheme == "mlflow" ? .mlflow(server, experiment: experiment) : .cloudEvents(server)
    } catch {
      throw .url(rest, error)
    }
  }

  package var server: ServerSettings {
    get {
      switch self {
      case .cloudEvents(let server), .mlflow(let server, _): server
      }
    }
    set {
      switch self {
      case .cloudEvents: self = .cloudEvents(newValue)
      case .mlflow(_, let experiment): self = .mlflow(newValue, experiment: experiment)
      }
    }
  }

  package var isMLflow: Bool {
    if case .mlflow = self { return true }
    return false
  }

  /// For people, logs and state files: without secrets of the query.
  package var text: String {
    switch self {
    case .cloudEvents(let server): "cloudevents:\(server.url.shownText)"
    case .mlflow(let server, let experiment): "mlflow:\(server.url.shownText) \(experiment)"
    }
  }
}

/// Why a text names no uplink.
package enum UplinkError: Error, Equatable {
  case address(String)
  case url(String, URLFault)
}
