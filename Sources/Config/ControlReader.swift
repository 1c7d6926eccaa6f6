import Text

/// Reads `[control]`.
extension ConfigurationReader {
  func control(_ table: TOMLTable) -> ControlSettings {
    let control = TableReader(
      table, .control, known: ["socket", "read", "operate", "manage"], faults: faults)
    var settings = ControlSettings(
      place: control.place, socketPlace: control.place(of: "socket"))
    let bytesMax = ConfigurationLimits.socketPathBytesMax
    if let socket = path(control, control.optional("socket"), bytesMax: bytesMax) {
      settings.socket = socket
    }
    settings.readers = peers(control, "read")
    settings.operators = peers(control, "operate")
    settings.managers = peers(control, "manage")
    return settings
  }

  /// A list of users and groups; nil where there is none.
  func peers(_ table: TableReader, _ key: String) -> [PeerName]? {
    let counts = 0...ConfigurationLimits.peersMax
    guard let elements = table.elements(table.optional(key), counts) else { return nil }
    return elements.compactMap { element in
      table.parsed(element, .peer) { text in
        if text == "*" { return .everybody }
        let (scheme, name) = ConfigurationText.split(text, at: ":")
        switch (scheme, name) {
        case ("group", let name?) where ConfigurationText.isDottedName(name): return .group(name)
        case (let name, nil) where ConfigurationText.isDottedName(name): return .user(name)
        default: return nil
        }
      }
    }
  }
}
