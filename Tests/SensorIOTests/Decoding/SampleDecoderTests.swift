import Testing

@testable import SensorIO

extension SampleDecoder {
  /// The sample of a frame, or its fault.
  func sample(of frame: [UInt8]) -> Result<[Float], DecodeError> {
    var values = [Float](repeating: -99, count: fieldCount)
    return values.withUnsafeMutableBufferPointer { values in
      frame.withUnsafeBytes { frame in
        do throws(DecodeError) {
          try decode(frame, into: values)
          return .success(Array(values))
        } catch {
          return .failure(error)
        }
      }
    }
  }

  func sample(of frame: String) -> Result<[Float], DecodeError> { sample(of: Array(frame.utf8)) }
}

/// Goal: fields that cannot work are refused before the first frame. Every fault is counted by its
/// kind, and the frame after it decodes.
/// Method: each setup fault alone, then one decoder with a mixture of frames.
@Suite struct SampleDecoderTests {
  private func setupFault(
    _ decoding: DecodingSettings, _ fields: [FieldSettings]
  ) -> DecodingSetupError? {
    do throws(DecodingSetupError) {
      _ = try SampleDecoder(decoding, fields: fields)
      return nil
    } catch {
      return error
    }
  }

  private func fields(_ count: Int, _ type: FieldType = .int8) -> [FieldSettings] {
    (0..<count).map { FieldSettings(name: "f\($0)", type: type) }
  }

  @Test func `names each fault of the setup`() {
    let max = SensorLimits.fieldsMax
    #expect(setupFault(.csv, []) == .fieldCount(found: 0, max: max))
    #expect(setupFault(.csv, fields(max)) == nil)
    #expect(setupFault(.csv, fields(max + 1)) == .fieldCount(found: max + 1, max: max))
    #expect(setupFault(.json, [.init(name: "")]) == .nameEmpty(field: 0))
    #expect(setupFault(.json, fields(2) + fields(1)) == .nameRepeated(field: 2))
    #expect(setupFault(.csv, [.init(name: "a", scale: 0)]) == .scaleUnusable(field: 0))
    #expect(setupFault(.csv, [.init(name: "a", scale: .nan)]) == .scaleUnusable(field: 0))
    #expect(setupFault(.csv, [.init(name: "a", offset: .infinity)]) == .offsetNotFinite(field: 0))
    #expect(setupFault(.binary, fields(128, .float64)) == nil)
    #expect(
      setupFault(.binary, fields(129, .float64)) == .payloadTooLong(bytes: 1032, max: 1024))
  }

  @Test func `counts each fault as what it is`() throws {
    let decoder = try SampleDecoder(.csv, fields: fields(2))
    #expect(decoder.sample(of: "1,2") == .success([1, 2]))
    #expect(decoder.sample(of: "1") == .failure(.fieldCount(expected: 2, found: 1)))
    #expect(decoder.sample(of: "1,x") == .failure(.notANumber(field: 1)))
    #expect(decoder.sample(of: "nan,1") == .failure(.notFinite(field: 0)))
    #expect(decoder.sample(of: "3,4") == .success([3, 4]))
    #expect(decoder.counters.samples == 2 && decoder.counters.faults == 3)
    #expect(decoder.counters.fieldCounts == 1 && decoder.counters.notNumbers == 1)
    #expect(decoder.counters.notFinite == 1)
    #expect(decoder.faultLatest == .notFinite(field: 0))
  }

  @Test func `a field may be scaled and shifted`() throws {
    let field = FieldSettings(name: "t", type: .int16, scale: 0.01, offset: -40)
    for (decoding, frame) in [
      (DecodingSettings.csv, Array("6500".utf8)), (.json, Array(#"{"t":6500}"#.utf8)),
      (.binary, [0x64, 0x19]),
    ] {
      #expect(try SampleDecoder(decoding, fields: [field]).sample(of: frame) == .success([25]))
    }
  }

  @Test func `what scaling takes beyond a Float is not finite`() throws {
    let field = FieldSettings(name: "t", scale: 1e30)
    let decoder = try SampleDecoder(.csv, fields: [field])
    #expect(decoder.sample(of: "1e30") == .failure(.notFinite(field: 0)))
    #expect(decoder.sample(of: "1e8") == .success([1e38]))
  }
}
