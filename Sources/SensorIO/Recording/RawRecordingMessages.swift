import Text

extension RawRecordingError {
  package var message: String {
    @export(interface)
    get {
      switch self {
      case .notRaw: "no raw recording; `edgeagent record` makes one"
      case .version(let version):
        "a recording of format \(version), this version reads \(RawRecordingFormat.version); "
          + "replay it with the version that made it"
      case .headDamaged:
        "the head of the recording is cut or damaged, and nothing says how to read the rest; "
          + "take another copy"
      }
    }
  }
}

extension RawRecordingReader {
  /// For people; nil where nothing is missing.
  package var holeMessage: String? {
    @export(interface)
    get {
      guard holeCount > 0 else { return nil }
      let places = holeCount == 1 ? "in one place" : "in \(holeCount) places"
      return "frames are missing \(places): the agent wrote over them before they were copied; "
        + "give [black_box] more memory"
    }
  }
}

extension RawRecordingReader.Ending {
  /// For people; nil where nothing is to be told.
  package var message: String? {
    @export(interface)
    get {
      switch self {
      case .whole: nil
      case .cut(let offset): "cut off at byte \(offset): read up to there"
      case .damaged(let offset): "damaged at byte \(offset): read up to there"
      }
    }
  }
}
