/// What a person can ask for.
enum ControlAction: String, CaseIterable, Sendable {
  case list, history, stats, status, sensor, ack, confirm, reset, shelve, unshelve, service, pause,
    drill
  case set, unset, record, help

  var level: PeerLevel {
    switch self {
    case .list, .history, .stats, .status, .sensor, .help: .read
    case .ack, .confirm, .reset, .shelve, .unshelve, .pause, .drill, .record: .operate
    case .service, .set, .unset: .manage
    }
  }

  /// It changes something: the audit has it.
  var isAct: Bool { level > .read && self != .record }

  /// The keys that it takes beside `do`. Another key would be an act that nobody asked for: it is
  /// refused.
  var keys: [String] {
    switch self {
    case .help, .status: []
    case .list: ["after"]
    case .sensor: ["sensor"]
    case .history: ["alert", "since", "after"]
    case .stats: ["since"]
    case .ack, .confirm, .reset: ["alert", "episode", "by", "note"]
    case .shelve: ["alert", "for", "once", "by", "note"]
    case .unshelve, .drill, .unset: ["alert", "by", "note"]
    case .service: ["alert", "state", "by", "note"]
    case .pause: ["for", "by", "note"]
    case .set: ["alert", "level", "to", "by", "note"]
    case .record: ["sensor", "after"]
    }
  }

  /// An example, as `help` shows it.
  var usage: String {
    switch self {
    case .list: #"{"do":"list"}"#
    case .history: #"{"do":"history","since":"24h","alert":"fall"}"#
    case .stats: #"{"do":"stats","since":"24h"}"#
    case .status: #"{"do":"status"}"#
    case .sensor: #"{"do":"sensor","sensor":"wrist"}"#
    case .ack: #"{"do":"ack","alert":"fall","episode":3,"by":"Anna","note":"seen"}, or alert "all""#
    case .confirm: #"{"do":"confirm","alert":"fall"}"#
    case .reset: #"{"do":"reset","alert":"fall"}"#
    case .shelve: #"{"do":"shelve","alert":"fall","for":"30m","once":false,"note":"why"}"#
    case .unshelve: #"{"do":"unshelve","alert":"fall"}"#
    case .service: #"{"do":"service","alert":"fall","state":"off","note":"why"}"#
    case .pause: #"{"do":"pause","for":"2m"}"#
    case .drill: #"{"do":"drill","alert":"fall"}"#
    case .set: #"{"do":"set","alert":"fall","level":"above","to":0.85}"#
    case .unset: #"{"do":"unset","alert":"fall"}"#
    case .record: #"{"do":"record","sensor":"wrist","after":17}"#
    case .help: #"{"do":"help"}"#
    }
  }

  static var names: [String] { allCases.map { $0.rawValue } }
}
