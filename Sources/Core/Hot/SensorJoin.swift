import Config
import SensorIO

/// A sensor whose samples are made of other sensors' samples: at each sample of the first one, the
/// last values of all. All times are arrivals by CLOCK_BOOTTIME, so the sensors have one clock.
///
/// Where two samples arrive at once, the one whose port comes first in the configuration is taken
/// first.
final class SensorJoin {
  let channel: SensorChannel
  /// The first is the one at whose samples there is a joined one.
  private let sources: [SensorChannel]
  private let freshNanoseconds: Int64

  private init(_ settings: JoinSettings, _ channel: SensorChannel, _ sources: [SensorChannel]) {
    (self.channel, self.sources) = (channel, sources)
    freshNanoseconds = settings.freshNanoseconds
  }

  /// Setup: for each sensor, in the order of the channels, the joins at its samples.
  static func joins(of channels: [SensorChannel]) -> [[SensorJoin]] {
    let all = channels.compactMap { channel in
      channel.settings.join.map { settings in
        SensorJoin(
          settings, channel,
          settings.sensors.map { name in channels.first { $0.settings.name == name }! })
      }
    }
    return channels.map { channel in all.filter { $0.sources[0] === channel } }
  }

  /// Hot: a sample of the first sensor arrived then. Fills the joined sensor's values; what is too
  /// old, or not there yet, has no value.
  func fill(at arrival: Int64) {
    var field = 0
    for source in sources {
      let isFresh = source.sampleCount > 0 && arrival - source.lastArrival <= freshNanoseconds
      for value in source.latest {
        channel.values[field] = isFresh ? value : .nan
        if !isFresh {
          channel.fieldCounters.countAbsent(.old, field: field)
        } else if value.isNaN {
          channel.fieldCounters.countAbsent(.missing, field: field)
        }
        field += 1
      }
    }
  }
}
