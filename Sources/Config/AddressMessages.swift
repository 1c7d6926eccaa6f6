import Text

extension RegistryAddressError {
  package var message: String {
    @export(interface)
    get {
      switch self {
      case .address(let text):
        "\"\(text)\" is no registry; write dir:/PATH, a folder that holds NAME/VERSION/, or "
          + "mlflow:https://HOST"
      case .url(let text, let fault): "\"\(TerminalText.printable(text))\": \(fault.message)"
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
        "\"\(TerminalText.printable(text))\" is no uplink; write cloudevents:https://SERVER/PATH or "
          + "mlflow:https://SERVER"
      case .url(let text, let fault): "\"\(TerminalText.printable(text))\": \(fault.message)"
      }
    }
  }
}
