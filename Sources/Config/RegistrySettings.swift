import Text

/// Where models come from. Users write it in the same way in a configuration and on a command line.
package enum RegistrySettings: Equatable, Sendable {
  /// `dir:/media/usb`
  case folder(String)
  /// `mlflow:https://mlflow.example.org/prefix`
  case mlflow(ServerSettings)

  /// - Parameter text: the address, without secrets for the server; other keys or options give
  ///   those.
  @export(interface)
  package init(_ text: String) throws(RegistryAddressError) {
    let (scheme, rest) = ConfigurationText.split(text, at: ":")
    guard let rest, !rest.isEmpty else { throw .address(text) }
    switch scheme {
    case "dir": self = .folder(rest)
    case "mlflow":
      do throws(URLFault) {
        self = .mlflow(ServerSettings(url: try URL(rest)))
      } catch {
        throw .url(rest, error)
      }
    default: throw .address(text)
    }
  }

  /// For people, logs and state files: without secrets of the query.
  package var text: String {
    switch self {
    case .folder(let folder): "dir:\(folder)"
    case .mlflow(let server): "mlflow:\(server.url.shownText)"
    }
  }
}

/// Why a text names no registry.
package enum RegistryAddressError: Error, Equatable {
  case address(String)
  case url(String, URLFault)
}
