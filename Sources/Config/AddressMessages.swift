import Text

extension RegistryAddressError {
  package var message: String {
    @export(interface)
    get {
      switch self {
      case .address(let text):
        "\"\(TerminalText.address(text))\" is no registry; write dir:/PATH, a folder that holds NAME/VERSION/, or "
          + "mlflow:https://HOST"
      case .url(let text, let fault): "\"\(TerminalText.address(text))\": \(fault.message)"
      }
    }
  }
}

extension UplinkError {
  package var message: String {
    @export(interface)
    get {
      switch self {
      case .address(let text):
        "\"\(TerminalText.address(text))\" is no uplink; write cloudevents:https://SERVER/PATH or "
          + "mlflow:https://SERVER"
      case .url(let text, let fault): "\"\(TerminalText.address(text))\": \(fault.message)"
      }
    }
  }
}
