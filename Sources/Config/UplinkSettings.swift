import Text

/// Where records go. Users write it in the same way in a configuration and on a command line.
package enum UplinkSettings: Equatable, Sendable {
  /// `cloudevents:https://ingest.example.org/events`, with the form of its requests.
  case cloudEvents(ServerSettings, EventsMode)
  /// `mlflow:https://mlflow.example.org`, with the name of the experiment.
  case mlflow(ServerSettings, experiment: String)

  package static let experimentDefault = "edgeagent"

  /// - Parameters:
  ///   - text: the address, without secrets for the server; other keys or options give those.
  ///   - experiment: for MLflow only; CloudEvents have no experiment.
  ///   - events: for CloudEvents only.
  @export(interface)
  package init(
    _ text: String, experiment: String = experimentDefault, events: EventsMode = .batch
  ) throws(UplinkError) {
    let (scheme, rest) = ConfigurationText.split(text, at: ":")
    guard let rest, scheme == "cloudevents" || scheme == "mlflow" else { throw .address(text) }
    do throws(URLFault) {
      let server = ServerSettings(url: try URL(rest))
      self =
        scheme == "mlflow"
        ? .mlflow(server, experiment: experiment) : .cloudEvents(server, events)
    } catch {
      throw .url(rest, error)
    }
  }

  package var server: ServerSettings {
    get {
      switch self {
      case .cloudEvents(let server, _), .mlflow(let server, _): server
      }
    }
    set {
      switch self {
      case .cloudEvents(_, let events): self = .cloudEvents(newValue, events)
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
    case .cloudEvents(let server, _): "cloudevents:\(server.url.shownText)"
    case .mlflow(let server, let experiment): "mlflow:\(server.url.shownText) \(experiment)"
    }
  }
}

/// How events go in requests, by the names of the standard's modes of content.
package enum EventsMode: String, CaseIterable, Sendable {
  /// Many in one request.
  case batch
  /// One in each request, as JSON.
  case structured
  /// One in each request: attributes are header fields, and the body is the data.
  case binary
}

/// Why a text names no uplink.
package enum UplinkError: Error, Equatable {
  case address(String)
  case url(String, URLFault)
}
