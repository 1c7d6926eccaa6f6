/// Where records go, as a user writes it.
enum UplinkAddress: Equatable {
  /// `cloudevents:https://ingest.example.org/events`
  case cloudEvents(URL)

  init(_ text: String) throws(UplinkError) {
    let (scheme, rest) = ConfigurationText.split(text, at: ":")
    guard let rest, scheme.utf8.elementsEqual("cloudevents".utf8) else { throw .address(text) }
    do throws(URLFault) {
      self = .cloudEvents(try URL(rest))
    } catch {
      throw .url(rest, error)
    }
  }

  /// - Parameter agent: this board's id, under which its records are known there.
  func uplink(_ client: HTTPClient, agent: String) -> any Uplink {
    switch self {
    case .cloudEvents(let url): CloudEventsUplink(Server(url, client), agent: agent)
    }
  }

  /// Who gets the records.
  var authority: String {
    switch self {
    case .cloudEvents(let url): url.authority
    }
  }
}

/// What is no uplink.
enum UplinkError: Error, Equatable {
  case address(String)
  case url(String, URLFault)
}
