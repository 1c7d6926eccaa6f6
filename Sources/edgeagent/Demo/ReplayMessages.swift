import Text

extension ReplayedAlerts.Lack {
  var message: String {
    switch self {
    case .sensor(let name, let recorded):
      "left out: it needs sensor \(name), and this is read as \(recorded)"
    case .field(let name, let sensor, let recorded):
      "left out: it needs field \(name) of \(sensor), which here has \(recorded.quotedList)"
    case .model(let pipeline): "not judged: the model of pipeline \(pipeline) was refused"
    case .board: "left out: it needs the state of the board"
    }
  }
}
