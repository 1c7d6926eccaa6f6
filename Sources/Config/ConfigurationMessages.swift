import CPlatform
import SensorIO
import System
import Text

/// Faults as sentences: the place, what was found, and what to write. Each is one line, no matter
/// what the file holds.
extension ConfigurationError {
  /// One line for each fault, and one for those that were left out.
  package var messages: [String] {
    faults.map { $0.message } + (omitted > 0 ? ["and \(omitted) more"] : [])
  }
}

extension ConfigurationFault {
  /// `edgeagent.toml:12:1: unknown key "buad" in [[sensor]]; did you mean "baud"?`
  var message: String {
    switch kind {
    case .unreadable(let failure): "\(place.file): \(failure.text)"
    case .tooManyFiles(let found):
      "\(place.file): with its drop-ins these are \(found) files; "
        + "at most \(ConfigurationLimits.filesMax) are read"
    case .syntax(let kind): "\(place.text): \(kind.message)"
    default: "\(place.text): \(sentence)"
    }
  }

  private var sentence: String {
    switch kind {
    case .unreadable, .tooManyFiles, .syntax: ""
    case .unknownKey(let key, let table, let known):
      "unknown key \(quoted(key)) \(table.within); \(suggestion(for: key, known))"
    case .missingKey(let key, let table):
      "\(table.subject) lacks \(quoted(key)); add \(table.example(of: key))"
    case .notApplicable(let key, let table, let context):
      "\(quoted(key)) \(table.within) goes only with \(context.text); "
        + "choose that or remove it"
    case .unexpected(let key, let table, let found, let expected):
      unexpected(key, table, found, expected)
    case .count(let key, let table, let found, let expected):
      "\(key) \(table.within) has \(found) element\(found == 1 ? "" : "s"); "
        + "write \(text(of: expected))"
    case .duplicate(let key, let table, let found, let first):
      "\(key) \(quoted(found)) \(table.within) is already at \(first.text); "
        + "change or remove one"
    case .contradiction(let key, let table, let other):
      "\(key) \(table.within) is not what it is at \(other.text); "
        + "it is one setting: write it once"
    case .undefined(let key, let table, let found, let what, let known):
      "\(key) \(table.within) names \(quoted(found)), but no \(what.name) has that name; "
        + (known.isEmpty ? "add one" : suggestion(for: found, known))
    case .exclusive(let keys, let table):
      "\(keys.map(quoted).joined(separator: " and ")) \(table.within) exclude each other; keep one"
    case .missingOneOf(let keys, let table):
      "\(table.subject) lacks what it is; add one of \(listed(keys))"
    case .clearSide(let key, let level, let table, let isInside):
      "\(key) \(table.within) is on the wrong side; "
        + "it has to be \(isInside ? "within" : "around") \(level)"
    case .dependsOnItself(let name):
      "condition \(quoted(name)) needs itself; remove one of the references"
    case .suppressesItself(let name):
      "alert \(quoted(name)) suppresses itself and could never be heard; "
        + "remove one of the conditions in suppress_when"
    case .reserved(let name, let table):
      "name \(quoted(name)) \(table.within) is taken by the agent; choose another"
    case .tooManyPrograms(let found):
      "\(found) outputs are programs; write at most \(ConfigurationLimits.programsMax): "
        + "one program may tell many alerts, and EDGEAGENT_ALERT names the alert"
    case .serialTooLong(let key, let bytes):
      "\(key) \(ConfigurationTable.output_.within) is up to \(bytes) bytes long with names and "
        + "numbers filled in; shorten it to \(ConfigurationLimits.serialBytesMax)"
    case .tooShort(let key, let table, let found, let minimum, let reason):
      "\(key) \(table.within) is \(DurationText.text(nanoseconds: found)), \(reason.text); "
        + "write at least \(DurationText.rounded(nanoseconds: minimum))"
    case .packet(let problem): problem.message
    case .fieldBeyondFrame(let name, let end, let bytes):
      "field \(quoted(name)) ends at byte \(end), but what a frame holds before its checksum and end "
        + "has \(bytes); correct its place or its type"
    case .commaTwice:
      "a comma cannot stand both between columns and in numbers; declare another separator"
    case .wireShared(let first):
      "another sensor reads this port, at \(first.text), and one of the two framings does not mark "
        + "where a frame begins; only sync, ubx, nmea, can and presets can share a port, and "
        + "modbus-rtu with itself"
    case .wireAmbiguous(let first):
      "another sensor reads this port, at \(first.text), and the frames of the two begin alike; write "
        + "a checksum for both, or a longer start"
    case .wireCrowded(let max):
      "sensors of one port have more than \(max) kinds of frames; split them"
    case .joinOfJoin(let name):
      "join \(ConfigurationTable.sensor.within) names \(quoted(name)), which is joined itself; "
        + "name sensors that have a port"
    case .joinedTwice(let field, let sensors):
      "the joined sensors \(sensors.map(quoted).joined(separator: " and ")) both have a field "
        + "\(quoted(field)); rename one"
    case .joinedTooWide(let fields):
      "the joined sensors have \(fields) fields together; "
        + "join sensors with at most \(ConfigurationLimits.fieldsMax)"
    case .registerMissing(let name):
      "field \(quoted(name)) has to be asked for; write { name = \(quoted(name)), register = 0 }, or "
        + "coil"
    case .beyondAddresses(let address, let count):
      "address \(address) and the \(count - 1) after it go beyond the last, 65535; correct them"
    case .modbus(let problem): problem.message
    case .portTakesNoRequests:
      "modbus-rtu has to ask, and this port takes no requests; write serial:, unix: or unix-connect:"
    case .promptTooOften(let hertz, let most):
      "a prompt \(shown(hertz)) times a second is too much for this port; write rate = "
        + "\(Decimal.text((most * 100).rounded(.down) / 100, decimals: 2)) or less"
    case .busTooSlow(let needed, let interval, let count):
      (count == 1
        ? "the requests of a cycle take "
        : "the requests of the \(count) sensors of this "
          + "port take ")
        + "\(DurationText.rounded(nanoseconds: needed)) of each "
        + "\(DurationText.text(nanoseconds: interval)) on this line, even where every unit answers at "
        + "once; write a longer interval, ask for less, or use a faster baud"
    case .levelBeyondField(let name, let span, let isEndless):
      "field \(quoted(name)) is \(span.lowerBound) to \(span.upperBound), by its type or its range, so "
        + (isEndless ? "this would never end" : "this can never be reached")
        + "; correct the level, or the field"
    case .testOrder: "rows come in the order of their times; move this one, or change its time"
    case .coversEverything(let key, let table):
      "\(key) \(table.within) holds every value that the source can have; write a narrower range"
    case .holdsNothing(let key, let table):
      "\(key) \(table.within) holds no value that the source can have; write another range"
    case .outputWithoutHealth(let name):
      "output \(quoted(name)) cannot fail as a whole; name one that is a program, a line or a broker"
    case .neverStale(let sensor):
      "sensor \(quoted(sensor)) is never stale: its stale_after is 0s; write a time there"
    case .sourceTooShort(let found, let minimum):
      "source looks at \(DurationText.text(nanoseconds: found)), too short for the sensor's rate; "
        + "write at least \(DurationText.rounded(nanoseconds: minimum))"
    case .shareTooShort(let found, let minimum):
      "source looks at \(DurationText.text(nanoseconds: found)), too short: the agent counts once a "
        + "second; write at least \(DurationText.rounded(nanoseconds: minimum))"
    case .noStore: "source is \"store\", but there is no [store]; add one"
    case .sensorMeant(let text, let table):
      "source \(table.within) is \(quoted(text)), but that is a sensor and no pipeline; "
        + "write \(quoted("sensor:" + text))"
    case .votesTooLong(let of, let period):
      "votes \(ConfigurationTable.alert.within) look at \(of) samples, "
        + "which take \(DurationText.rounded(nanoseconds: period)) each: more than an hour; "
        + "ask for fewer"
    case .agentTooOld(let minimum, let agent):
      "minimum_agent is \(minimum.text), but this agent is \(agent.text); "
        + "update the agent or take an older version of the model"
    case .fieldMissing(let feature, let unit, let place):
      "fields in [[sensor]] lacks \(quoted(feature)), a feature of the model at \(place.text); "
        + "add { name = \(quoted(feature))\(unit.isEmpty ? "" : ", unit = \(quoted(unit))") }"
    case .unitMismatch(let feature, let unit, let place, let fieldUnit):
      "field \(quoted(feature)) is in \(quoted(fieldUnit)), but the model at \(place.text) wants "
        + "\(quoted(unit)); convert it with scale and offset and write that unit"
    }
  }

  private func unexpected(
    _ key: String, _ table: ConfigurationTable, _ found: FoundValue, _ expected: ExpectedValue
  ) -> String {
    if expected == .secret, case .string = found {
      // What was meant as a secret itself must not be repeated.
      return "\(key) \(table.within) is no path; write \(expected.text)"
    }
    var text = "\(key) \(table.within) is \(found.text); write \(expected.text)"
    if case .string(let found) = found, let setting = setting(for: expected), hasUser(found) {
      return text
        + "; credentials in an address end up in logs, so write them into a file and name "
        + "it in \(setting)"
    }
    if case .oneOf(let words) = expected, case .string(let found) = found,
      let word = Suggestion.nearest(to: found, among: words)
    {
      text += "; did you mean \(quoted(word))?"
    }
    return text
  }

  /// The setting that names the file with the credentials of an address.
  private func setting(for expected: ExpectedValue) -> String? {
    switch expected {
    case .registry: "registry_headers"
    case .uplink: "uplink_headers"
    case .proxy: "proxy_password"
    default: nil
    }
  }

  /// Whether the text, or what follows the word before its colon, is an address with a user.
  private func hasUser(_ text: String) -> Bool {
    let rest = ConfigurationText.split(text, at: ":").1 ?? ""
    return [text, rest].contains { candidate in
      do throws(URLFault) {
        _ = try URL(candidate)
        return false
      } catch {
        return error == .user
      }
    }
  }

  private func suggestion(for text: String, _ known: [String]) -> String {
    if let word = Suggestion.nearest(to: text, among: known) {
      return "did you mean \(quoted(word))?"
    }
    return "known: \(listed(known))"
  }
}

extension ConfigurationTable {
  /// The table as it is written in the file.
  var subject: String {
    switch self {
    case .root: "the file"
    case .agent: "[agent]"
    case .events: "[events]"
    case .control: "[control]"
    case .store: "[store]"
    case .blackBox: "[black_box]"
    case .sync: "[sync]"
    case .wantedModel: "models"
    case .sensor: "[[sensor]]"
    case .field: "a field"
    case .poll: "polls"
    case .clock: "clock"
    case .pipeline: "[[pipeline]]"
    case .trial: "trial"
    case .condition: "[[condition]]"
    case .alert: "[[alert]]"
    case .output_: "[[output]]"
    case .test: "[[test]]"
    case .testInput: "[[test.input]]"
    case .input: "[input]"
    case .feature: "a feature"
    case .preprocess: "[[preprocess]]"
    case .output: "[output]"
    case .limits: "[limits]"
    case .key: "[[key]]"
    }
  }

  fileprivate var within: String { self == .root ? "at the top level" : "in \(subject)" }

  /// The word for a thing in this table, for references.
  fileprivate var name: String {
    switch self {
    case .sensor: "sensor"
    case .condition: "condition"
    case .output_: "output"
    case .alert: "alert"
    case .field: "field of the sensor"
    case .clock: "clock of the sensor"
    default: "pipeline"
    }
  }

  /// An example of the line for a missing key.
  fileprivate func example(of key: String) -> String {
    switch (self, key) {
    case (.root, "agent"): "[agent] with an id"
    case (.root, "input"): "[input] with rate, window, stride and features"
    case (.root, "output"): "[output] with labels"
    case (.root, "version"): "version = \"1\""
    case (.root, "licence"): "licence = \"Apache-2.0\""
    case (.root, "minimum_agent"): "minimum_agent = \"\(SemanticVersion.agent.text)\""
    case (.root, "format"): "format = 1"
    case (.agent, "id"): "id = \"pump-7\""
    case (_, "fresh"): "fresh = \"2s\""
    case (_, "port"): "port = \"serial:/dev/serial/by-id/...\""
    case (.poll, "count"): "count = 10"
    case (_, "fields"), (_, "features"): "\(key) = [ { name = \"ax\", unit = \"g\" } ]"
    case (_, "rate"): "rate = 50"
    case (_, "sensor"): "sensor = \"the name of a [[sensor]]\""
    case (_, "model"): "model = \"fall\""
    case (_, "source"): "source = \"pipeline.label\" or \"sensor:name.field\""
    case (.root, "test"): "[[test]] with name, expect and [[test.input]]"
    case (_, "expect"): "expect = [\"10s hot raised\"]"
    case (_, "rows"): "rows = [[\"0s\", 20.0], [\"10s\", 96.0]]"
    case (_, "raise"): "raise = \"ON\\r\\n\" or \"hex:A0 01 01 A2\""
    case (_, "escalate_to"): "escalate_to = [\"exec:/path\"]"
    case (_, "above"): "above = 0.9 (or below, outside, inside)"
    case (_, "window"): "window = 150"
    case (_, "stride"): "stride = 10"
    case (_, "step"): "step = \"scale\""
    case (_, "offset"), (_, "divide"): "\(key) with one number a feature"
    case (_, "lower"): "lower = -1.0"
    case (_, "upper"): "upper = 1.0"
    case (.key, "file"): "file = \"owner.pem\""
    case (.key, "expires"): "expires = 2030-01-01T00:00:00Z"
    case (.sync, "uplink"): "uplink = \"cloudevents:https://...\", or a registry"
    case (.sync, "models"): "models = [ { name = \"fall\", alias = \"champion\" } ]"
    case (.wantedModel, "name"): "name = \"fall\""
    case (_, "labels"): "labels = [\"normal\", \"fall\"]"
    default: "\(key) = \"...\""
    }
  }
}

extension ConfigurationContext {
  fileprivate var text: String {
    switch self {
    case .serialPort: "a port that is serial:"
    case .iioPort: "a port that is iio:"
    case .portWithoutScans: "a port that is not iio:"
    case .listeningPort: "a port that is unix: or unix-seqpacket:"
    case .requestPort: "a port that is serial:, unix: or unix-connect:"
    case .binaryFraming: "a framing other than \"line\" and \"nmea\""
    case .framings(let words): "framing \(listed(words))"
    case .decodings(let words): "decode \(listed(words))"
    case .bit: "\"bit\""
    case .otherFramings: "a framing other than \"modbus-rtu\""
    case .register: "\"register\""
    case .wholeRegister: "\"register\" without \"bit\""
    case .store: "a [store], in which records wait"
    case .registry: "a registry"
    case .mlflowRegistry: "a registry that is mlflow:"
    case .uplink: "an uplink"
    case .mlflowUplink: "an uplink that is mlflow:"
    case .certificate: "a certificate"
    case .proxy: "a proxy"
    case .scores: "kind = \"scores\""
    case .sensor: "a sensor"
    case .join: "join"
    case .watchedScore: "an alert or a condition that looks at a score"
    case .source: "a source"
    case .valueSource: "a source that has a value"
    case .stuck: "a source that is stuck:"
    case .acknowledgement: "acknowledge = true"
    case .escalateAfter: "escalate_after"
    case .sirenOrLamp: "shows = \"siren\" or \"lamp\""
    case .sameForm: "a raise of the same form: both hex: or both text"
    case .user: "a user"
    case .outputKind(let kind): "an output that is \(kind)"
    case .clearKey(let clear, let level): "another level; \(level) goes with \(clear)"
    }
  }
}

extension FoundValue {
  fileprivate var text: String {
    switch self {
    case .string(let text): quoted(text)
    case .integer(let value): "\(value)"
    case .float(let value): "\(value)"
    case .boolean(let value): "\(value)"
    case .dateTime(let text): text
    case .array: "an array"
    case .table: "a table"
    }
  }
}

extension ExpectedValue {
  fileprivate var text: String {
    switch self {
    case .boolean: "true or false"
    case .array: "an array"
    case .table: "a table"
    case .arrayOfTables: "it as [[...]], once for each"
    case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .number(let range):
      "a number from \(shown(range.lowerBound)) to \(shown(range.upperBound))"
    case .finiteNumber: "a number that single precision holds"
    case .nonZeroNumber: "a number other than 0 that single precision holds"
    case .numberAbove(let min): "a number above \(shown(min)) that single precision holds"
    case .oneOf(let words): words.count == 1 ? quoted(words[0]) : "one of \(listed(words))"
    case .jsonPath: "a path as \"box.temp\", \"[1][0]\" or \"axes[2].value\""
    case .column:
      "a column's number from 1 to \(SensorLimits.columnsMax), or with header = true its name"
    case .fieldPolicy: "\"absent\", \"drop\" or \"hold 2s\""
    case .samplesPerFrame: "\"all\" or a number from 1 to \(SensorLimits.payloadBytesMax)"
    case .canIdentifier:
      "an identifier in hexadecimal: \"C9\", or \"18FEF100x\" for one of 29 bits"
    case .hexadecimalBytes(let counts):
      "\(counts.lowerBound) to \(counts.upperBound) bytes in hexadecimal: \"42 4D\""
    case .oneOfIntegers(let numbers):
      (numbers.count == 1 ? "" : "one of ")
        + numbers.map { "\($0)" }.joined(separator: ", ")
    case .text(let bytes):
      "\(Config.text(of: bytes)) bytes of text on one line, in quotes"
    case .name: "1 to \(ConfigurationLimits.nameBytesMax) of A-Z a-z 0-9 _ -, in quotes"
    case .dottedName:
      "1 to \(ConfigurationLimits.nameBytesMax) of A-Z a-z 0-9 . _ -, no dot first, in quotes"
    case .path(let bytesMax): "a path of 1 to \(bytesMax) bytes from the root, in quotes"
    case .port:
      "\"serial:/dev/...\", \"unix:/path\", \"unix-dgram:/path\", \"unix-seqpacket:/path\", "
        + "\"unix-connect:/path\", \"can:can0\", \"alsa:CARD\", \"iio:NAME\", "
        + "\"file:/path\" or \"stdin\""
    case .model: "\"name\" or \"name/version\""
    case .source:
      "\"pipeline.label\", \"sensor:name.field\", a statistic of it such as "
        + "\"sensor:name.field mean 10s\" (rate, mean, deviation, span), "
        + "\"stale:sensor\", \"stuck:sensor.field 10m\", \"refused:sensor\", \"rate:sensor\", "
        + "\"late:pipeline\", \"anomaly:pipeline\", \"disabled:pipeline\", \"output:name\", \"store\" or \"clock\""
    case .votes:
      "\"k of n\" with 1 <= k <= n <= \(ConfigurationLimits.votesMax), such as \"2 of 3\""
    case .output(let names):
      "\"socket\", \"journal\", \"exec:/path\", \"gpio:chip/line\" or the name of an [[output]]"
        + (names.isEmpty ? "" : ": \(listed(names))")
    case .testOrder:
      "\"15s ack ALERT\" (or confirm, reset, shelve ALERT 30m, unshelve, pause ALERT 2m, "
        + "service ALERT off|on)"
    case .testExpectation:
      "\"10s ALERT raised\": a time, an alert and one of \(AlertTestReader.states.joined(separator: ", "))"
    case .testRow(let width):
      "[\"5s\", …] with \(width) number\(width == 1 ? "" : "s") after the time, or "
        + "[\"5s\", \"silence\"]"
    case .operand: "the name of a condition, or \"not NAME\""
    case .gpioLine: "\"gpiochip0/17\": a chip and a line from 0 to 65535"
    case .bytes:
      "1 to \(ConfigurationLimits.textBytesMax) bytes as text, or as \"hex:A0 01\""
    case .topic: "a topic without wildcards such as \"edgeagent/pump-7\""
    case .peer: "\"*\", a user such as \"alice\", or \"group:nurses\""
    case .atLeast(let min): "a number of at least \(shown(min)) that single precision holds"
    case .atMost(let max): "a number of at most \(shown(max)) that single precision holds"
    case .numberWithin(let low, let high):
      "a number above \(shown(low)), up to \(shown(high))"
    case .numberBelow(let low, let high):
      "a number from \(shown(low)), below \(shown(high))"
    case .range: "two numbers as [low, high], low below high"
    case .report:
      "\"all\", \"every 10s\", \"change 0.05\", \"summary 60s\" or \"none\" (100ms to 24h; a change "
        + "above 0, up to 1)"
    case .registry: "\"mlflow:https://host\" or \"dir:/path\""
    case .uplink: "\"cloudevents:https://host/path\" or \"mlflow:https://host\""
    case .proxy: "\"http://host:port\""
    case .pin: "the base 64 of a public key's SHA-256, 44 characters"
    case .secret: "the path of a file, or \"credential:NAME\""
    case .gate:
      "\"exec:/path\", \"sensor:name.field above 1.5\" or \"sensor:name.field below 1.5\""
    case .dateTime: "a time such as 2030-01-01T00:00:00Z, without quotes"
    case .version: "three numbers such as \"0.1.0\""
    case .duration(let range):
      "\(DurationText.text(nanoseconds: range.lowerBound)) to "
        + "\(DurationText.text(nanoseconds: range.upperBound)) as a whole number and one of "
        + "ns us ms s m h, such as \"20ms\""
    case .memory(let range):
      "\(MemoryText.text(bytes: range.lowerBound)) to \(MemoryText.text(bytes: range.upperBound)) "
        + "as a whole number and KiB or MiB, such as \"16MiB\""
    }
  }
}

extension ShortReason {
  fileprivate var text: String {
    switch self {
    case .samplePeriod: "shorter than the time between two samples allows"
    case .lastOrder: "before the last of do"
    }
  }
}

private func text(of range: ClosedRange<Int>) -> String {
  range.lowerBound == range.upperBound
    ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
}

/// A number as people write it: a whole number has no fraction.
private func shown(_ number: Double) -> String {
  let text = "\(number)"
  return text.utf8.suffix(2).elementsEqual(".0".utf8) ? String(text.dropLast(2)) : text
}

private func listed(_ words: [String]) -> String {
  words.map { quoted($0) }.joined(separator: ", ")
}

private func systemErrorText(_ code: Int32) -> String {
  cp_error_text(code).map { String(cString: $0) } ?? "error \(code)"
}
