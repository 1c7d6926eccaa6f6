/// Finds out what a wire carries from the bytes that came.
///
/// Each guess is tried with the framers and decoders that the agent will run, and judged by the
/// share of the bytes that it makes samples of and by what proves it. Nothing here reads bytes in
/// another way than the agent does.
package enum WireFinder {
  /// - Parameters:
  ///   - known: devices that are tried first.
  ///   - isCAN: the capture is of a SocketCAN interface.
  ///   - isQuick: looks for known devices, sentences and text alone.
  /// - Returns: what it may be, the likeliest first; empty where nothing explains half of the
  ///   bytes.
  /// - Complexity: some dozen passes over the bytes; where they are no text, some hundred over the
  ///   first kilobytes more.
  @export(interface)
  package static func find(
    in capture: WireCapture, known: [KnownDevice], isCAN: Bool = false, isQuick: Bool = false
  ) -> [WireHypothesis] {
    guard !capture.bytes.isEmpty else { return [] }
    if isCAN { return ranked(CANFinder(capture: capture).hypotheses()) }
    var found = readable(capture, known)
    if found.first?.score ?? 0 < 0.9, let form = sevenBits(capture.bytes) {
      let characters = capture.withSevenBits()
      found += readable(characters, known).map { hypothesis in
        var hypothesis = hypothesis
        hypothesis.sevenBits = form
        return hypothesis
      }
      found = ranked(found)
    }
    // Text that explains nearly all is no accident.
    if isQuick || found.first?.isSure ?? false { return found }
    return ranked(found + packed(capture))
  }

  /// The share of the bytes that are visible ASCII, blanks and line ends, 0...1.
  package static func textShare(_ bytes: [UInt8]) -> Double {
    guard !bytes.isEmpty else { return 0 }
    let text = bytes.count { 0x20...0x7E ~= $0 || 0x09...0x0D ~= $0 }
    return Double(text) / Double(bytes.count)
  }

  private static func ranked(_ hypotheses: [WireHypothesis]) -> [WireHypothesis] {
    let likely = hypotheses.filter { $0.explained >= FindingLimits.explainedMin }
    return Ranking.descending(likely.map { $0.score }).map { likely[$0] }
  }

  /// Known devices, sentences and lines.
  private static func readable(
    _ capture: WireCapture, _ known: [KnownDevice]
  ) -> [WireHypothesis] {
    let device = DeviceFinder(capture: capture, known: known).hypothesis()
    return ranked((device.map { [$0] } ?? []) + (TextFinder(capture)?.hypotheses() ?? []))
  }

  /// What the eighth bits are, where they are something.
  private static func sevenBits(_ bytes: [UInt8]) -> SevenBits? {
    guard bytes.count >= 8, bytes.contains(where: { $0 >= 0x80 }) else { return nil }
    func most(_ isMeant: (UInt8) -> Bool) -> Bool {
      50 * bytes.count(where: isMeant) >= 49 * bytes.count
    }
    if most({ $0 >= 0x80 }) { return .mark }
    if most({ $0.nonzeroBitCount % 2 == 0 }) { return .even }
    return most({ $0.nonzeroBitCount % 2 == 1 }) ? .odd : nil
  }

  // MARK: packed numbers

  private static func packed(_ capture: WireCapture) -> [WireHypothesis] {
    let packets = PacketFinder(capture)
    var found = stuffed(capture)
    let marked = packets.marked().prefix(4).compactMap { hypothesis(.packet($0), capture) }
    found += packets.lengthPrefixed().compactMap { hypothesis(.packet($0), capture) }
    // A length that is always the same looks like a mark: what reads others too is the better one.
    let isPrefixed = found.contains { $0.isSure && $0.proof == .longCheck }
    found += marked.filter { !isPrefixed || $0.marksBytes > 1 }
    return found + packets.betweenSilences().compactMap { hypothesis(.packet($0), capture) }
  }

  /// COBS, SLIP and HDLC: with a checksum, and COBS without, whose blocks have to fit each other.
  private static func stuffed(_ capture: WireCapture) -> [WireHypothesis] {
    let quick = capture.prefix(FindingLimits.trialBytesMax)
    var best: (framing: FramingSettings, share: Double)?
    for check in PacketFinder.checks {
      for framing in [FramingSettings.cobs(check), .slip(check), .hdlc(check)] {
        if check == nil, framing != .cobs(nil) { continue }
        let counters = quick.read([framing]) { _, _, _ in }
        let share = Double(counters.bytesFramed) / Double(quick.explainable(counters))
        let checkBytes = check?.kind.byteCount ?? 0
        guard share >= FindingLimits.explainedMin, counters.frames >= (checkBytes >= 2 ? 2 : 6),
          checkBytes > 0 || share >= 0.9 && counters.bytesFramed >= 4 * counters.frames
        else { continue }
        let weighed = share + 0.2 * Double(checkBytes)
        if weighed > best?.share ?? 0 { best = (framing, weighed) }
      }
    }
    return best.flatMap { hypothesis($0.framing, capture) }.map { [$0] } ?? []
  }

  /// The framing with a guess at its numbers, tried on all bytes.
  private static func hypothesis(
    _ framing: FramingSettings, _ capture: WireCapture
  ) -> WireHypothesis? {
    var from = 0
    var check = framing.checkKind
    if case .packet(let packet) = framing {
      from = packet.header > 0 ? 0 : packet.headBytes
      check = packet.check?.kind
    }
    let contents = capture.frames(framing, max: FindingLimits.linesMax)
    guard let layout = PackedLayout(contents, from: from) else { return nil }
    guard
      let decoder = try? SampleDecoder(layout.decoding, fields: layout.fields)
    else { return nil }
    var plain = framing
    if case .packet(var packet) = framing {
      // As the configuration has it, which knows the fields alone.
      packet.contentBytes = 1...SensorLimits.payloadBytesMax
      plain = .packet(packet)
    }
    let sensor = FoundSensor(
      framing: plain.narrowed(to: decoder.contentBytes), decoding: layout.decoding,
      fields: layout.fields)
    if case .packet(let packet) = sensor.framing, packet.problem != nil { return nil }
    guard let trial = WireTrial([sensor], on: capture) else { return nil }
    let proof = framing.proof(check)
    // Noise comes in bursts of one length too, where a line has another rate.
    guard proof != .lengths || layout.moves < FindingLimits.movesMax else { return nil }
    return WireHypothesis(sensors: trial.sensors, proof: proof, explained: trial.explained)
  }
}

extension WireHypothesis {
  /// The bytes that mark a packet's start.
  fileprivate var marksBytes: Int {
    guard case .packet(let packet) = sensors[0].framing else { return 0 }
    return packet.start.count
  }
}

extension FramingSettings {
  fileprivate var checkKind: Checksum? {
    switch self {
    case .cobs(let check), .slip(let check), .hdlc(let check): check?.kind
    case .packet(let packet): packet.check?.kind
    case .line, .nmea: nil
    }
  }

  fileprivate func proof(_ check: Checksum?) -> WireHypothesis.Proof {
    if let check { return check.byteCount >= 2 ? .longCheck : .shortCheck }
    switch self {
    case .cobs, .slip, .hdlc: return .stuffing
    case .packet(let packet): return packet.start.isEmpty ? .lengths : .marks
    case .line, .nmea: return .text
    }
  }
}
