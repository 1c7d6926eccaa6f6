import Config
import SensorIO

extension Wire {
  /// `wrist: 2 wrong checksum, 1 wrong field count`, or nil when every frame was good.
  var faultSummary: String? {
    var counts = channels.flatMap { $0.decoder?.counters.kinds ?? [] }
    for channel in channels { counts += channel.asked.kinds }
    for connection in connections { counts += connection.reader.counters.kinds }
    var merged: [(words: String, count: UInt64)] = []
    for entry in counts where entry.count > 0 {
      if let index = merged.firstIndex(where: { $0.words == entry.words }) {
        merged[index].count += entry.count
      } else {
        merged.append(entry)
      }
    }
    guard !merged.isEmpty else { return nil }
    let kinds = merged.map { "\($0.count) \($0.words)" }
    return
      "\(channels.map { $0.settings.name }.joined(separator: ", ")): \(kinds.joined(separator: ", "))"
  }
}
