/// What a person can ask for.
enum ControlAction: String, CaseIterable, Sendable {
  case list, history, stats, status, ack, confirm, reset, shelve, unshelve, service, pause, drill
  case set, unset, help

  var level: PeerLevel {
    switch self {
    case .list, .history, .stats, .status, .help: .read
    case .ack, .confirm, .reset, .shelve, .unshelve, .pause, .drill: .operate
    case .service, .set, .unset: .manage
    }
  }

  /// It changes something: the audit has it.
  var isAct: Bool { level > .read }

  var needsAlert: Bool {
    switch self {
    case .ack, .confirm, .reset, .shelve, .unshelve, .service, .drill, .set, .unset: true
    case .list, .history, .stats, .status, .pause, .help: false
    }
  }

  /// What it takes, as `help` shows it.
  var usage: String {
    switch self {
    case .list: #"{"do":"list"}"#
    case .history: #"{"do":"history","since":"24h","alert":"fall"}"#
    case .stats: #"{"do":"stats","since":"24h"}"#
    case .status: #"{"do":"status"}"#
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
    case .help: #"{"do":"help"}"#
    }
  }

  static var names: [String] { allCases.map { $0.rawValue } }
}
