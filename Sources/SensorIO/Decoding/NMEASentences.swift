/// The sentences of NMEA 0183 whose values have names.
package enum NMEASentence: String, Equatable, Sendable, CaseIterable {
  /// A fix: time, lat, lon, quality, sats, hdop, alt (m).
  case gga = "GGA"
  /// The least that a receiver tells: time, lat, lon, speed (knots), course (degrees).
  case rmc = "RMC"
  /// A position: lat, lon, time.
  case gll = "GLL"
  /// A movement: course, course_magnetic (degrees), speed (knots), speed_kmh.
  case vtg = "VTG"
  /// The true heading in degrees.
  case hdt = "HDT"
  /// The wind: angle (degrees), speed, in the unit that the sentence names.
  case mwv = "MWV"
  /// The depth below the transducer: depth (m), depth_feet, depth_fathoms.
  case dbt = "DBT"

  /// The names of the sentence's values.
  package var names: [String] { values.map { $0.name } }

  /// Where a value is and how it is written.
  enum Form: Equatable {
    case number(column: Int)
    /// `hhmmss.ss` as seconds of the day.
    case timeOfDay(column: Int)
    /// `ddmm.mmmm`, and in the next column N, S, E or W.
    case angle(column: Int)

    /// Of a GGA: what means nothing without a fix.
    var isOfFix: Bool {
      switch self {
      case .angle: true
      case .number(let column): column == 9
      case .timeOfDay: false
      }
    }
  }

  /// Columns count from 0, which is the address.
  var values: [(name: String, form: Form)] {
    switch self {
    case .gga:
      [
        ("time", .timeOfDay(column: 1)), ("lat", .angle(column: 2)), ("lon", .angle(column: 4)),
        ("quality", .number(column: 6)), ("sats", .number(column: 7)),
        ("hdop", .number(column: 8)), ("alt", .number(column: 9)),
      ]
    case .rmc:
      [
        ("time", .timeOfDay(column: 1)), ("lat", .angle(column: 3)), ("lon", .angle(column: 5)),
        ("speed", .number(column: 7)), ("course", .number(column: 8)),
      ]
    case .gll:
      [
        ("lat", .angle(column: 1)), ("lon", .angle(column: 3)), ("time", .timeOfDay(column: 5)),
      ]
    case .vtg:
      [
        ("course", .number(column: 1)), ("course_magnetic", .number(column: 3)),
        ("speed", .number(column: 5)), ("speed_kmh", .number(column: 7)),
      ]
    case .hdt: [("heading", .number(column: 1))]
    case .mwv: [("angle", .number(column: 1)), ("speed", .number(column: 3))]
    case .dbt:
      [
        ("depth_feet", .number(column: 1)), ("depth", .number(column: 3)),
        ("depth_fathoms", .number(column: 5)),
      ]
    }
  }

  /// The column with A when the values are valid, V when they are not.
  var statusColumn: Int? {
    switch self {
    case .rmc: 2
    case .gll: 6
    case .mwv: 5
    default: nil
    }
  }
}
