import Text

/// Where records go, as a user writes it: in a configuration and on a command line alike.
package enum UplinkSettings: Equatable, Sendable {
  /// `cloudevents:https://ingest.example.org/events`
  case cloudEvents(ServerSettings)
  /// `mlflow:https://mlflow.example.org`, with the name of the experiment.
  case mlflow(ServerSettings, experiment: String)

  package static let experimentDefault = "edgeagent"

  /// - Parameters:
  ///   - text: without what the server alone may see: its other keys or options say that.
  ///   - experiment: for MLflow; CloudEvents have none.
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

  package var text: String {
    switch self {
    case .cloudEvents(let server): "cloudevents:\(server.url.text)"
    case .mlflow(let server, let experiment): "mlflow:\(server.url.text) \(experiment)"
    }
  }
}

/// What names no uplink.
package enum UplinkError: Error, Equatable {
  case address(String)
  case url(String, URLFault)
}
