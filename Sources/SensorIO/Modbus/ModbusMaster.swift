/// The master of one bus: asks the units of all its sensors in turn, and makes of their answers an
/// image for each cycle of a sensor. It knows no port and no clock: bytes and times go in, requests
/// and verdicts come out.
///
///     next ──> ask      write what `ask` returns
///          ──> failed   a request without a sound answer
///          ──> sample   a cycle is over, and some request was answered
///          ──> rest     nothing to do until then, or until bytes come
///
/// An answer is proved by unit, function, count of bytes and check. A unit that was given up may
/// still answer, and where such a late answer would look like another's (the same unit, function
/// and count), that other request waits: until the late answer is there, and for one more `timeout`
/// at most. A request that is asked again takes the answer to its first asking, since it tells of
/// the same registers. Later than that a unit must not answer.
///
/// Hot: allocates nothing.
package final class ModbusMaster {
  private struct Question {
    let request: ModbusRequest
    let frame: InlineArray<8, UInt8>
    let cycle: Int
    /// The unit's bit, and those of the fields that the answer has.
    let unit: UInt32
    let fields: UInt32
    /// Of its data among the images.
    let imageFirst: Int
    /// What its answer takes on the wire.
    let answerNanoseconds: Int64
    /// Until then an answer that was given up may come.
    var lateUntil: Int64 = 0
    /// When the unit last said nothing to it and all its repetitions; 0: it has answered since.
    var mutedAt: Int64 = 0
  }

  private var questions: [Question] = []
  private var cycles: [ModbusCycle] = []
  /// For each sensor the bits of all its fields.
  private var allFields: [UInt32] = []
  private let images: UnsafeMutableRawBufferPointer
  private let wire: UnsafeMutableRawBufferPointer
  private var input = ModbusInput()
  private let requestNanoseconds: Int64

  package private(set) var isOpen = false
  /// The question whose answer is waited for, and how long.
  private var pending: (question: Int, deadline: Int64)?
  /// The question that `next` wants to be asked.
  private var picked = 0
  /// Since when something waits for the line's silence.
  private var wantedSince: Int64?
  /// When the line was used last.
  private var usedAt: Int64 = 0
  private var failure: ModbusFailure?
  /// The pending question got a sound answer with so many bytes of data, which nobody asked for.
  private var otherBytes: Int?
  /// The sensor whose turn is next.
  private var nextCycle = 0

  /// - Parameter sensors: of one bus, in their order; each with at most
  ///   `ModbusLimits.fieldsMax` fields, and a plan's requests.
  package init(_ sensors: [ModbusSettings], on line: ModbusLine) {
    requestNanoseconds = 8 * line.characterNanoseconds
    var place = 0
    for (sensor, settings) in sensors.enumerated() {
      precondition(settings.fieldRequests.count <= ModbusLimits.fieldsMax)
      precondition((1...ModbusLimits.fieldsMax).contains(settings.requests.count))
      let (first, imageFirst) = (questions.count, place)
      var units: [UInt8] = []
      for (index, request) in settings.requests.enumerated() {
        if !units.contains(request.unit) { units.append(request.unit) }
        var fields: UInt32 = 0
        for (field, owner) in settings.fieldRequests.enumerated() where owner == index {
          fields |= 1 << UInt32(field)
        }
        questions.append(
          Question(
            request: request, frame: request.frame, cycle: sensor,
            unit: 1 << UInt32(units.firstIndex(of: request.unit)!), fields: fields,
            imageFirst: place,
            answerNanoseconds: Int64(request.answerBytes) * line.characterNanoseconds))
        place += request.dataBytes
      }
      allFields.append(questions[first...].reduce(0) { $0 | $1.fields })
      cycles.append(
        ModbusCycle(
          first: first, count: questions.count - first,
          intervalNanoseconds: settings.intervalNanoseconds,
          timeoutNanoseconds: settings.timeoutNanoseconds,
          pauseNanoseconds: settings.pauseNanoseconds ?? line.pauseNanoseconds,
          retries: settings.retries, imageFirst: imageFirst, imageBytes: place - imageFirst))
    }
    images = .allocate(byteCount: max(place, 1), alignment: 8)
    _ = images.initializeMemory(as: UInt8.self, repeating: 0)
    wire = .allocate(byteCount: 8, alignment: 8)
  }

  deinit {
    images.deallocate()
    wire.deallocate()
    input.deallocate()
  }

  /// The memory that a master of these sensors takes, in bytes.
  package static func byteCount(of sensors: [ModbusSettings]) -> Int {
    sensors.reduce(ModbusLimits.inputBytesMax + 8) { sum, sensor in
      sum + MemoryLayout<ModbusCycle>.stride
        + sensor.requests.reduce(0) { $0 + $1.dataBytes + MemoryLayout<Question>.stride }
    }
  }

  // MARK: the line

  /// The line is there: every sensor's first cycle begins now.
  package func open(at now: Int64) {
    close()
    isOpen = true
    usedAt = now
    for index in cycles.indices { cycles[index].forget(at: now) }
  }

  /// The line is gone, and with it what was asked.
  package func close() {
    (isOpen, pending, wantedSince, failure) = (false, nil, nil, nil)
    input.forget()
    for index in questions.indices {
      (questions[index].lateUntil, questions[index].mutedAt) = (0, 0)
    }
    for index in cycles.indices { cycles[index].forget(at: 0) }
  }

  /// Bytes that the line brought.
  ///
  /// - Complexity: linear in `ModbusLimits.bytesPerReadMax` bytes, of which each may begin an
  ///   answer of 255.
  package func receive(_ bytes: UnsafeRawBufferPointer, at now: Int64) {
    guard isOpen, !bytes.isEmpty else { return }
    usedAt = now
    let count = min(bytes.count, ModbusLimits.bytesPerReadMax)
    var taken = 0
    while taken < count {
      taken += input.append(UnsafeRawBufferPointer(rebasing: bytes[taken..<count]))
      look(at: now)
    }
  }

  // MARK: what is to be done

  package enum Step {
    /// Nothing until then; `.max`: until the line is open.
    case rest(until: Int64)
    /// Drop what the line has brought, and write what `ask` returns.
    case ask
    case failed(ModbusFailure)
    /// The sensor's cycle is over. Its image stands until the next call.
    case sample(sensor: Int)
  }

  /// What is to be done now. Call it until it says `.rest`: a request, a failure and a sample for
  /// each sensor at most.
  package func next(at now: Int64) -> Step {
    guard isOpen else { return .rest(until: .max) }
    if let pending, failure == nil { expire(pending, at: now) }
    if let told = failure {
      failure = nil
      return .failed(told)
    }
    for index in cycles.indices where cycles[index].isDone {
      cycles[index].isDone = false
      return .sample(sensor: index)
    }
    if let pending { return .rest(until: wakeTime(pending, after: now)) }
    return pick(at: now)
  }

  /// The request that is to be written now, valid until the next call.
  package func ask(at now: Int64) -> UnsafeRawBufferPointer {
    let question = questions[picked]
    let index = question.cycle
    input.expect(question.request, frame: question.frame)
    for place in 0..<8 { wire[place] = question.frame[place] }
    cycles[index].attempts += 1
    cycles[index].asked |= question.unit
    cycles[index].counters.requests += 1
    if cycles[index].attempts > 1 { cycles[index].counters.retries += 1 }
    pending = (
      picked,
      now + requestNanoseconds + question.answerNanoseconds + cycles[index].timeoutNanoseconds
    )
    (usedAt, wantedSince, otherBytes) = (now, nil, nil)
    nextCycle = (index + 1) % cycles.count
    return UnsafeRawBufferPointer(wire)
  }

  // MARK: what a sensor's cycle brought

  /// The data of all answers, as `ModbusPlan` lays them.
  package func image(of sensor: Int) -> UnsafeRawBufferPointer {
    let cycle = cycles[sensor]
    return UnsafeRawBufferPointer(
      rebasing: images[cycle.imageFirst..<cycle.imageFirst + cycle.imageBytes])
  }

  /// A bit for each field whose request was not answered soundly.
  package func absentFields(of sensor: Int) -> UInt32 { cycles[sensor].absent }

  /// When the cycle's last answer came, or was given up.
  package func arrival(of sensor: Int) -> Int64 { cycles[sensor].settledAt }

  package func counters(of sensor: Int) -> ModbusCounters { cycles[sensor].counters }

  // MARK: answers

  private func look(at now: Int64, isSilent: Bool = false, isOver: Bool = false) {
    while true {
      switch input.look(isSilent: isSilent, isOver: isOver) {
      case .open: return
      case .answer(let data):
        guard let question = pending?.question else { continue }
        take(data, question, at: now)
      case .exception(let code):
        guard let question = pending?.question else { continue }
        let request = questions[question].request
        if let late = late(request.unit, request.function.rawValue, nil, at: now),
          late != question
        {
          // It may be either's. The answer that is waited for may still come, and so may the other.
          countStray(late)
        } else {
          fail(question, .exception(code), at: now)
        }
      case .stray(let unit, let function, let dataBytes):
        let late = late(unit, function, dataBytes, at: now)
        if late == nil, let asked = pending.map({ questions[$0.question].request }),
          asked.unit == unit, asked.function.rawValue == function
        {
          otherBytes = dataBytes
        }
        if let late { questions[late].lateUntil = 0 }
        countStray(late)
      case .strayException(let unit, let function):
        countStray(late(unit, function, nil, at: now))
      }
    }
  }

  private func take(_ data: UnsafeRawBufferPointer, _ index: Int, at now: Int64) {
    let question = questions[index]
    UnsafeMutableRawBufferPointer(
      rebasing: images[question.imageFirst..<question.imageFirst + data.count]
    ).copyMemory(from: data)
    cycles[question.cycle].counters.answers += 1
    cycles[question.cycle].absent &= ~question.fields
    cycles[question.cycle].hasAnswer = true
    questions[index].mutedAt = 0
    settle(index, isHeard: true, mayComeLate: false, asksAgain: false, at: now)
  }

  private func fail(_ index: Int, _ fault: ModbusFault, at now: Int64) {
    let question = questions[index]
    let cycle = question.cycle
    var (isHeard, mayComeLate) = (true, false)
    switch fault {
    case .timeout: (isHeard, mayComeLate) = (false, true)
    case .broken: mayComeLate = true
    case .byteCount: mayComeLate = true
    case .checksum, .exception: break
    }
    cycles[cycle].counters.count(fault)
    failure = ModbusFailure(
      sensor: cycle, request: question.request, fault: fault, bytes: input.head)
    if isHeard {
      cycles[cycle].heard |= question.unit
      cycles[cycle].hasReply = true
      questions[index].mutedAt = 0
    }
    var asksAgain = cycles[cycle].asksAgain(unit: question.unit)
    if case .exception = fault { asksAgain = false }
    if !asksAgain && !cycles[cycle].hasReply {
      cycles[cycle].noteVain(unit: question.unit)
      questions[index].mutedAt = now
    }
    settle(
      index, isHeard: isHeard, mayComeLate: mayComeLate, asksAgain: asksAgain, at: now)
  }

  /// The question is answered or given up.
  ///
  /// - Parameter mayComeLate: its answer may still come. So may one of two, where it was asked
  ///   before and that answer was given up.
  private func settle(
    _ index: Int, isHeard: Bool, mayComeLate: Bool, asksAgain: Bool, at now: Int64
  ) {
    let cycle = questions[index].cycle
    if let pending, mayComeLate || questions[index].lateUntil > now {
      questions[index].lateUntil =
        max(now, pending.deadline) + cycles[cycle].timeoutNanoseconds
        + questions[index].answerNanoseconds
    }
    pending = nil
    input.settle()
    if isHeard {
      cycles[cycle].heard |= questions[index].unit
      cycles[cycle].doubted &= ~questions[index].unit
    }
    cycles[cycle].settledAt = now
    guard !asksAgain else { return }
    cycles[cycle].open &= ~(1 << UInt32(cycles[cycle].cursor))
    proceed(cycle)
  }

  /// To the next request that is not left out: the one that was in vain the longest time ago, and
  /// first those that were not. So a request that a unit never answers does not keep the unit's
  /// others from being asked.
  private func proceed(_ index: Int) {
    let cycle = cycles[index]
    var best: Int?
    for cursor in 0..<cycle.count where cycle.open >> UInt32(cursor) & 1 != 0 {
      let question = questions[cycle.first + cursor]
      guard !cycle.leavesOut(unit: question.unit) else { continue }
      if best == nil || question.mutedAt < questions[cycle.first + best!].mutedAt { best = cursor }
    }
    (cycles[index].attempts, cycles[index].hasReply) = (0, false)
    if let best { cycles[index].cursor = best } else { cycles[index].end() }
  }

  // MARK: late answers

  /// The question that was given up and whose late answer this is; the oldest of several.
  ///
  /// - Parameter dataBytes: nil: an exception, which any of its function may be.
  private func late(_ unit: UInt8, _ function: UInt8, _ dataBytes: Int?, at now: Int64) -> Int? {
    var found: Int?
    for index in questions.indices where questions[index].lateUntil > now {
      let request = questions[index].request
      guard request.unit == unit, request.function.rawValue == function,
        dataBytes == nil || dataBytes == request.dataBytes
      else { continue }
      if found == nil || questions[index].lateUntil < questions[found!].lateUntil { found = index }
    }
    return found
  }

  private func countStray(_ late: Int?) {
    guard let index = pending?.question ?? late else { return }
    cycles[questions[index].cycle].counters.strays += 1
  }

  /// Until when a late answer could be taken for this question's.
  private func heldUntil(_ index: Int, isAskedAgain: Bool, at now: Int64) -> Int64 {
    let request = questions[index].request
    var until = now
    for other in questions.indices where questions[other].lateUntil > until {
      if other == index && isAskedAgain { continue }
      let given = questions[other].request
      guard given.unit == request.unit, given.function == request.function,
        given.dataBytes == request.dataBytes
      else { continue }
      until = questions[other].lateUntil
    }
    return until
  }

  // MARK: time

  /// Gives the pending question up where its time is over, or where a damaged answer is followed by
  /// silence.
  private func expire(_ pending: (question: Int, deadline: Int64), at now: Int64) {
    let isOver = now >= pending.deadline
    let isSilent = now - usedAt >= silenceNanoseconds(pending.question)
    guard isOver || isSilent else { return }
    if input.isMidAnswer { look(at: now, isSilent: true, isOver: isOver) }
    guard self.pending != nil, failure == nil else { return }
    if let (computed, received) = input.damage {
      fail(pending.question, .checksum(computed: computed, received: received), at: now)
    } else if isOver {
      let fault = silentFault(pending.question)
      if fault == .timeout, let data = input.answerInEcho() {
        take(data, pending.question, at: now)
      } else {
        fail(pending.question, fault, at: now)
      }
    }
  }

  /// What went wrong where no answer came in time.
  private func silentFault(_ question: Int) -> ModbusFault {
    if let otherBytes {
      return .byteCount(
        expected: questions[question].request.dataBytes, received: otherBytes)
    }
    return input.byteCount > 0 ? .broken(bytes: input.byteCount) : .timeout
  }

  private func silenceNanoseconds(_ question: Int) -> Int64 {
    max(ModbusLimits.silenceNanoseconds, cycles[questions[question].cycle].pauseNanoseconds)
  }

  private func wakeTime(
    _ pending: (question: Int, deadline: Int64), after now: Int64
  ) -> Int64 {
    let silence = usedAt + silenceNanoseconds(pending.question)
    let looks = (input.damage != nil || input.isMidAnswer) && silence > now
    return looks ? min(pending.deadline, silence) : pending.deadline
  }

  private func pick(at now: Int64) -> Step {
    var until = Int64.max
    for index in cycles.indices where !cycles[index].isRunning {
      if cycles[index].nextStart <= now {
        cycles[index].begin(allFields: allFields[index])
        proceed(index)
        cycles[index].schedule(after: now)
      } else {
        until = min(until, cycles[index].nextStart)
      }
    }
    for step in cycles.indices {
      let index = (nextCycle + step) % cycles.count
      guard cycles[index].isRunning else { continue }
      let question = cycles[index].first + cycles[index].cursor
      let held = heldUntil(question, isAskedAgain: cycles[index].attempts > 0, at: now)
      guard held <= now else {
        until = min(until, held)
        continue
      }
      let since = wantedSince ?? now
      wantedSince = since
      let quiet = usedAt + cycles[index].pauseNanoseconds
      // A line that babbles all the time is asked all the same, after a time-out.
      guard quiet <= now || now - since >= cycles[index].timeoutNanoseconds else {
        return .rest(until: min(quiet, since + cycles[index].timeoutNanoseconds))
      }
      picked = question
      return .ask
    }
    return .rest(until: until)
  }
}
