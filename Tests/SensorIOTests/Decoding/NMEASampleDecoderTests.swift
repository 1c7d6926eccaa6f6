import Testing

@testable import SensorIO

/// Goal: each known sentence gives its values by name, and a device without a fix gives none.
/// Method: sentences from public documentation, right and wrong.
@Suite struct NMEASampleDecoderTests {
  private func decoder(
    _ sentence: NMEASentence?, _ names: [String]
  ) throws -> SampleDecoder {
    try SampleDecoder(.nmea(sentence), fields: names.map { FieldSettings(name: $0) })
  }

  @Test(
    arguments: [
      (
        NMEASentence.gga, "GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,",
        [45319, 48.1173, 11.516667, 1, 8, 0.9, 545.4]
      ),
      (
        .rmc, "GNRMC,225446.5,A,4916.45,S,12311.12,W,000.5,054.7,191194,020.3,E",
        [82486.5, -49.274167, -123.185333, 0.5, 54.7]
      ),
      (.gll, "GPGLL,4916.45,N,12311.12,W,225444,A,", [49.274167, -123.185333, 82484]),
      (.vtg, "GPVTG,054.7,T,034.4,M,005.5,N,010.2,K", [54.7, 34.4, 5.5, 10.2]),
      (.hdt, "HEHDT,274.07,T", [274.07]), (.mwv, "WIMWV,214.8,R,0.1,K,A", [214.8, 0.1]),
      (.dbt, "SDDBT,7.8,f,2.4,M,1.3,F", [7.8, 2.4, 1.3]),
    ] as [(NMEASentence, String, [Float])])
  func `knows its sentences`(sentence: NMEASentence, body: String, expected: [Float]) throws {
    let decoder = try decoder(sentence, sentence.names)
    guard case .success(let values)? = decoder.sample(of: body) else {
      Issue.record("\(body) is a sample")
      return
    }
    for (value, expected) in zip(values, expected) {
      #expect(abs((value ?? .nan) - expected) <= 1e-5 * abs(expected), "\(values)")
    }
    #expect(values.count == expected.count)
  }

  @Test(arguments: [
    "GPRMC,1,A", "GPGSV,1,1,02", "PGGA,1", "PUGGA,123519,4807.038,N", "GGA,1", "", "\r",
  ])
  func `passes over other sentences`(body: String) throws {
    let decoder = try decoder(.gga, ["lat"])
    #expect(decoder.sample(of: body) == nil)
    #expect(decoder.counters.passedOver == 1 && decoder.counters.faults == 0)
  }

  @Test func `without a fix the empty values are absent, and the others stand`() throws {
    let gga = try decoder(.gga, ["lat", "lon", "quality", "sats", "hdop", "alt"])
    #expect(
      gga.sample(of: "GPGGA,120001.00,,,,,0,00,99.9,,M,22.3,M,,")
        == .success([nil, nil, 0, 0, 99.9, nil]))
    let rmc = try decoder(.rmc, ["lat", "lon", "speed", "course"])
    #expect(rmc.sample(of: "GPRMC,120001.00,V,,,,,,,050126,,,N") == .success([nil, nil, nil, nil]))
    #expect(rmc.fieldCounters[0, .empty] == 1)
    #expect(
      rmc.sample(of: "GPRMC,120001.00,V,4916.45,N,12311.12,W,0,1,050126,,,N")
        == .success([nil, nil, nil, nil]), "an old position")
    #expect(rmc.fieldCounters[0, .invalid] == 1 && rmc.counters.faults == 0)
  }

  @Test(
    arguments: [
      ("4807.038,X", FieldFault.text), ("4807.038,", .empty), (",N", .empty), ("48x7.038,N", .text),
      ("07.038,N", .text), ("4860.0,N", .range), ("9000.001,N", .range), ("9000.000,S", nil),
      ("18000.0,W", nil), ("18000.1,E", .range), ("-4807.0,N", .text), ("4807.038e9,N", .range),
    ] as [(String, FieldFault?)])
  func `angles are checked`(angle: String, kind: FieldFault?) throws {
    let decoder = try decoder(.gga, ["lat", "quality"])
    guard case .success(let values)? = decoder.sample(of: "GPGGA,123519,\(angle),01131.000,E,1")
    else {
      Issue.record("the quality stands")
      return
    }
    #expect(values[1] == 1 && (values[0] == nil) == (kind != nil), "\(values)")
    if let kind { #expect(decoder.fieldCounters[0, kind] == 1) }
  }

  @Test(
    arguments: [
      ("235959.999", nil), ("240000", FieldFault.range), ("126000", .range), ("12:00", .text),
      ("1200", .text), ("", .empty), ("1200001", .text), ("235960", nil),
    ] as [(String, FieldFault?)])
  func `times are checked`(time: String, kind: FieldFault?) throws {
    let decoder = try decoder(.gga, ["time", "quality"])
    guard case .success(let values)? = decoder.sample(of: "GPGGA,\(time),,,,,1") else {
      Issue.record("the quality stands")
      return
    }
    #expect((values[0] == nil) == (kind != nil), "\(values)")
    if let kind { #expect(decoder.fieldCounters[0, kind] == 1) }
  }

  @Test func `columns by number, of any sentence`() throws {
    let decoder = try SampleDecoder(
      .nmea(), fields: [.init(name: "a", place: .column(2)), .init(name: "b", place: .column(40))])
    #expect(decoder.sample(of: "PXYZ,1,2") == .success([2, nil]))
    let long = "PXYZ," + (1...60).map { "\($0)" }.joined(separator: ",")
    #expect(decoder.sample(of: long) == .success([2, 40]))
    #expect(decoder.sample(of: "PXYZ") == .failure(.noValue(.missing)))
    #expect(decoder.sample(of: "PX\u{1}YZ,1,2") == .failure(.notText))
  }

  /// The promise of the decoder's comment: a Float's rounding in metres, 111 319 m a degree.
  @Test func `a position is as exact as a Float, or as a Float with an offset`() throws {
    let body = "GPGGA,1,8959.99999,N,17959.99999,E,1"
    func error(_ name: String, _ exact: Double, offset: Double) throws -> Double {
      let field = FieldSettings(name: name, offset: offset)
      guard
        case .success(let values)? = try SampleDecoder(.nmea(.gga), fields: [field]).sample(
          of: body)
      else { return .infinity }
      return abs(Double(values[0] ?? .nan) - offset - exact) * 111_319
    }
    #expect(try error("lon", 180 - 0.00001 / 60, offset: 0) <= 0.85)
    #expect(try error("lat", 90 - 0.00001 / 60, offset: 0) <= 0.43)
    #expect(try error("lon", 180 - 0.00001 / 60, offset: -179.9) <= 0.001)
  }
}
