import Testing

import TestSupport

/// Goal: every fault of `[[sensor]]` has its place and its remedy.
/// Method: one fault in a correct configuration; the whole answer is compared.
@Suite struct ConfigurationSensorFaultTests {
  @Test(arguments: sensorFaults)
  func `the sensor`(fault: ConfigurationFaultCase) {
    fault.expectOfConfiguration()
  }

  @Test(arguments: fieldsFaults)
  func `its fields`(fault: ConfigurationFaultCase) {
    fault.expectOfConfiguration()
  }

  @Test(arguments: portsFaults)
  func `sensors that collide`(fault: ConfigurationFaultCase) {
    fault.expectOfConfiguration()
  }

  private static let sensorFaults = [
    ConfigurationFaultCase(
      #"name = "wrist""#, #"name = """#,
      #"5:8: name in [[sensor]] is ""; write 1 to 64 of A-Z a-z 0-9 _ -, in quotes"#),
    ConfigurationFaultCase(
      #"name = "wrist"\#n"#, #""#,
      #"4:1: [[sensor]] lacks "name"; add name = "...""#),
    ConfigurationFaultCase(
      #"name = "wrist""#, #"name = "left.wrist""#,
      #"5:8: name in [[sensor]] is "left.wrist"; write 1 to 64 of A-Z a-z 0-9 _ -, in quotes"#),
    ConfigurationFaultCase(
      #"port = "serial:/dev/ttyUSB0"\#n"#, #""#,
      #"4:1: [[sensor]] lacks "port"; add port = "serial:/dev/serial/by-id/...""#),
    ConfigurationFaultCase(
      #"port = "serial:/dev/ttyUSB0""#, #"port = "/dev/ttyUSB0""#,
      #"""
      6:8: port in [[sensor]] is "/dev/ttyUSB0"; write "serial:/dev/...", "unix:/path", \#
      "unix-dgram:/path", "unix-seqpacket:/path", "unix-connect:/path", "can:can0", "alsa:CARD", \#
      "iio:NAME", "file:/path" or "stdin"
      """#),
    ConfigurationFaultCase(
      #"port = "serial:/dev/ttyUSB0""#, #"port = "serial:""#,
      #"""
      6:8: port in [[sensor]] is "serial:"; write "serial:/dev/...", "unix:/path", \#
      "unix-dgram:/path", "unix-seqpacket:/path", "unix-connect:/path", "can:can0", "alsa:CARD", \#
      "iio:NAME", "file:/path" or "stdin"
      """#),
    ConfigurationFaultCase(
      #"port = "serial:/dev/ttyUSB0""#, #"port = "tcp:host:80""#,
      #"""
      6:8: port in [[sensor]] is "tcp:host:80"; write "serial:/dev/...", "unix:/path", \#
      "unix-dgram:/path", "unix-seqpacket:/path", "unix-connect:/path", "can:can0", "alsa:CARD", \#
      "iio:NAME", "file:/path" or "stdin"
      """#),
    ConfigurationFaultCase(
      #"port = "serial:/dev/ttyUSB0""#, #"port = 1"#,
      #"""
      6:8: port in [[sensor]] is 1; write "serial:/dev/...", "unix:/path", \#
      "unix-dgram:/path", "unix-seqpacket:/path", "unix-connect:/path", "can:can0", "alsa:CARD", \#
      "iio:NAME", "file:/path" or "stdin"
      """#),
    ConfigurationFaultCase(
      #"port = "serial:/dev/ttyUSB0""#, #"port = "serial:/dev/tty\u0007""#,
      #"""
      6:8: port in [[sensor]] is "serial:/dev/tty\u{7}"; write a path of 1 to 4095 bytes \#
      from the root, in quotes
      """#),
    ConfigurationFaultCase(
      #"rate = 50\#n"#, #"rate = 50\#nbaud = 49\#n"#,
      #"9:8: baud in [[sensor]] is 49; write a whole number from 50 to 12000000"#),
    ConfigurationFaultCase(
      #"rate = 50\#n"#, #"rate = 50\#nbaud = "9600"\#n"#,
      #"9:8: baud in [[sensor]] is "9600"; write a whole number from 50 to 12000000"#),
    ConfigurationFaultCase(
      #"port = "serial:/dev/ttyUSB0""#, #"port = "stdin"\#nbaud = 9600"#,
      #"""
      7:1: "baud" in [[sensor]] goes only with a port that is serial:; choose that or \#
      remove it
      """#),
    ConfigurationFaultCase(
      #"rate = 50\#n"#, #"rate = 50\#nbuad = 9600\#n"#,
      #"9:1: unknown key "buad" in [[sensor]]; did you mean "baud"?"#),
    ConfigurationFaultCase(
      #"rate = 50\#n"#, #"rate = 50\#nBaud = 9600\#n"#,
      #"9:1: unknown key "Baud" in [[sensor]]; did you mean "baud"?"#),
    ConfigurationFaultCase(
      #"rate = 50\#n"#, #"rate = 50\#nstale = "1s"\#n"#,
      #"9:1: unknown key "stale" in [[sensor]]; did you mean "stale_after"?"#),
    ConfigurationFaultCase(
      #"rate = 50\#n"#, #"rate = 50\#ncolour = "red"\#n"#,
      #"""
      9:1: unknown key "colour" in [[sensor]]; known: "name", "preset", "fields", "rate", \#
      "prompt", "stale_after", "dead_man", "clock", "startup", "allow", "port", "trigger", \#
      "baud", "data_bits", "parity", "stop_bits", "flow", "rs485", "low_latency", "framing", \#
      "line_end", "line_max", "length_bytes", "length_at", "length_endian", "length_adds", \#
      "start", "end", "frame_bytes", "checksum", "checksum_endian", "checksum_from", "message", \#
      "sentence", "id", "unit_id", "function", "polls", "interval", "timeout", "retries", \#
      "pause", "decode", "separator", "decimal", "quote", "header", "comment", "assign", \#
      "numbers_in_strings", "duplicates", "skip", "samples", "type", "endian", "word_order", \#
      "join", "fresh"
      """#),
    ConfigurationFaultCase(
      #"rate = 50\#n"#, #"rate = 50\#nframing = "lines"\#n"#,
      #"""
      9:11: framing in [[sensor]] is "lines"; write one of "line", "length", "fixed", "sync", \#
      "cobs", "slip", "hdlc", "nmea", "ubx", "can", "modbus-rtu"; \#
      did you mean "line"?
      """#),
    ConfigurationFaultCase(
      #"rate = 50\#n"#, #"rate = 50\#nframing = 3\#n"#,
      #"""
      9:11: framing in [[sensor]] is 3; write one of "line", "length", "fixed", "sync", \#
      "cobs", "slip", "hdlc", "nmea", "ubx", "can", "modbus-rtu"
      """#),
    ConfigurationFaultCase(
      #"rate = 50\#n"#, #"rate = 50\#nchecksum = "none"\#n"#,
      #"""
      9:1: "checksum" in [[sensor]] goes only with framing "length", "fixed", "sync", "cobs", \#
      "slip", "hdlc", "nmea"; choose that or remove it
      """#),
    ConfigurationFaultCase(
      #"rate = 50\#n"#,
      #"rate = 50\#nframing = "cobs"\#nchecksum = "crc64"\#n"#,
      #"""
      10:12: checksum in [[sensor]] is "crc64"; write one of "none", "sum8", \#
      "negated-sum8", "sum16", "xor8", "crc8", "crc16-modbus", "crc16-ccitt", "crc16-x25", \#
      "crc32", "fletcher8"
      """#),
    ConfigurationFaultCase(
      #"rate = 50\#n"#, #"rate = 50\#nlength_bytes = 1\#n"#,
      #"""
      9:1: "length_bytes" in [[sensor]] goes only with framing "length", "sync"; choose \#
      that or remove it
      """#),
    ConfigurationFaultCase(
      #"rate = 50\#n"#,
      #"rate = 50\#nframing = "cobs"\#nlength_bytes = 2\#n"#,
      #"""
      10:1: "length_bytes" in [[sensor]] goes only with framing "length", "sync"; choose \#
      that or remove it
      """#),
    ConfigurationFaultCase(
      #"rate = 50\#n"#,
      #"rate = 50\#nframing = "length"\#nlength_bytes = 3\#n"#,
      #"10:16: length_bytes in [[sensor]] is 3; write one of 1, 2, 4"#),
    ConfigurationFaultCase(
      #"rate = 50\#n"#,
      #"rate = 50\#nframing = "length"\#nlength_bytes = 0\#n"#,
      #"10:16: length_bytes in [[sensor]] is 0; write one of 1, 2, 4"#),
    ConfigurationFaultCase(
      #"rate = 50\#n"#, #"rate = 50\#ndecode = "binary"\#n"#,
      #"""
      9:1: "decode" in [[sensor]] goes only with a framing other than "line" and "nmea"; choose \#
      that or remove it
      """#),
    ConfigurationFaultCase(
      #"rate = 50\#n"#, #"rate = 50\#ndecode = "xml"\#n"#,
      #"""
      9:10: decode in [[sensor]] is "xml"; write one of "csv", "labels", "json", "binary", \#
      "nmea", "s16le"
      """#),
    ConfigurationFaultCase(
      #"rate = 50\#n"#, #"rate = 0\#n"#,
      #"8:8: rate in [[sensor]] is 0; write a number from 1e-05 to 100000"#),
    ConfigurationFaultCase(
      #"rate = 50\#n"#, #"rate = -1\#n"#,
      #"8:8: rate in [[sensor]] is -1; write a number from 1e-05 to 100000"#),
    ConfigurationFaultCase(
      #"rate = 50\#n"#, #"rate = 100001\#n"#,
      #"8:8: rate in [[sensor]] is 100001; write a number from 1e-05 to 100000"#),
    ConfigurationFaultCase(
      #"rate = 50\#n"#, #"rate = nan\#n"#,
      #"8:8: rate in [[sensor]] is nan; write a number from 1e-05 to 100000"#),
    ConfigurationFaultCase(
      #"rate = 50\#n"#, #"rate = inf\#n"#,
      #"8:8: rate in [[sensor]] is inf; write a number from 1e-05 to 100000"#),
    ConfigurationFaultCase(
      #"rate = 50\#n"#, #"rate = "50"\#n"#,
      #"8:8: rate in [[sensor]] is "50"; write a number from 1e-05 to 100000"#),
    ConfigurationFaultCase(
      #"rate = 50\#n"#, #"rate = 50\#nstale_after = "8d"\#n"#,
      #"""
      9:15: stale_after in [[sensor]] is "8d"; write 0s to 168h as a whole number and one \#
      of ns us ms s m h, such as "20ms"
      """#),
    ConfigurationFaultCase(
      #"rate = 50\#n"#, #"rate = 50\#nstale_after = "169h"\#n"#,
      #"""
      9:15: stale_after in [[sensor]] is "169h"; write 0s to 168h as a whole number and \#
      one of ns us ms s m h, such as "20ms"
      """#),
    ConfigurationFaultCase(
      #"rate = 50\#n"#, #"rate = 50\#nstale_after = "1.5s"\#n"#,
      #"""
      9:15: stale_after in [[sensor]] is "1.5s"; write 0s to 168h as a whole number and \#
      one of ns us ms s m h, such as "20ms"
      """#),
    ConfigurationFaultCase(
      #"rate = 50\#n"#, #"rate = 50\#nstale_after = 2\#n"#,
      #"""
      9:15: stale_after in [[sensor]] is 2; write 0s to 168h as a whole number and one of \#
      ns us ms s m h, such as "20ms"
      """#),
    ConfigurationFaultCase(
      #"rate = 50\#n"#, #"rate = 50\#nstale_after = "-1s"\#n"#,
      #"""
      9:15: stale_after in [[sensor]] is "-1s"; write 0s to 168h as a whole number and one \#
      of ns us ms s m h, such as "20ms"
      """#),
    ConfigurationFaultCase(
      #"rate = 50\#n"#, #"rate = 50\#nstale_after = ""\#n"#,
      #"""
      9:15: stale_after in [[sensor]] is ""; write 0s to 168h as a whole number and one of \#
      ns us ms s m h, such as "20ms"
      """#),
    ConfigurationFaultCase(
      #"rate = 50\#n"#,
      #"rate = 50\#nstale_after = "9223372036854775807h"\#n"#,
      #"""
      9:15: stale_after in [[sensor]] is "9223372036854775807h"; write 0s to 168h as a \#
      whole number and one of ns us ms s m h, such as "20ms"
      """#),
  ]

  private static let fieldsFaults = [
    ConfigurationFaultCase(
      #"fields = [ { name = "ax", unit = "g" } ]\#n"#, #""#,
      #"4:1: [[sensor]] lacks "fields"; add fields = [ { name = "ax", unit = "g" } ]"#),
    ConfigurationFaultCase(
      #"fields = [ { name = "ax", unit = "g" } ]"#, #"fields = []"#,
      #"7:10: fields in [[sensor]] has 0 elements; write 1 to 32"#),
    ConfigurationFaultCase(
      #"fields = [ { name = "ax", unit = "g" } ]"#,
      #"fields = { name = "ax" }"#,
      #"7:10: fields in [[sensor]] is a table; write an array"#),
    ConfigurationFaultCase(
      #"fields = [ { name = "ax", unit = "g" } ]"#,
      #"fields = [ { unit = "g" } ]"#,
      #"7:12: a field lacks "name"; add name = "...""#),
    ConfigurationFaultCase(
      #"fields = [ { name = "ax", unit = "g" } ]"#,
      #"fields = [ { name = "" } ]"#,
      #"7:21: name in a field is ""; write 1 to 64 bytes of text on one line, in quotes"#),
    ConfigurationFaultCase(
      #"fields = [ { name = "ax", unit = "g" } ]"#,
      #"fields = [ { name = "a\nb" } ]"#,
      #"7:21: name in a field is "a\nb"; write 1 to 64 bytes of text on one line, in quotes"#),
    ConfigurationFaultCase(
      #"fields = [ { name = "ax", unit = "g" } ]"#,
      #"fields = [ { name = "ax" }, { name = "ax" } ]"#,
      #"7:38: name "ax" in a field is already at edgeagent.toml:7:21; change or remove one"#),
    ConfigurationFaultCase(
      #"fields = [ { name = "ax", unit = "g" } ]"#,
      #"fields = [ { name = "ax", typ = "int8" } ]"#,
      #"7:27: unknown key "typ" in a field; did you mean "type"?"#),
    ConfigurationFaultCase(
      #"fields = [ { name = "ax", unit = "g" } ]"#,
      #"fields = [ { name = "ax", type = "int16" } ]"#,
      #"7:27: "type" in a field goes only with decode "binary"; choose that or remove it"#),
    ConfigurationFaultCase(
      #"fields = [ { name = "ax", unit = "g" } ]"#,
      #"fields = [ { name = "ax", endian = "big" } ]"#,
      #"7:27: "endian" in a field goes only with decode "binary"; choose that or remove it"#),
    ConfigurationFaultCase(
      #"fields = [ { name = "ax", unit = "g" } ]"#,
      #"fields = [ { name = "ax", type = "int12" } ]\#nframing = "cobs"\#ndecode = "binary""#,
      #"""
      7:34: type in a field is "int12"; write one of "int8", "uint8", "int16", "uint16", \#
      "int24", "uint24", "int32", "uint32", "int64", "uint64", "float16", "float32", "float64", \#
      "bit"; did you mean "int16"?
      """#),
    ConfigurationFaultCase(
      #"fields = [ { name = "ax", unit = "g" } ]"#,
      #"fields = [ { name = "ax", endian = "middle" } ]\#nframing = "cobs"\#ndecode = "binary""#,
      #"7:36: endian in a field is "middle"; write one of "little", "big""#),
    ConfigurationFaultCase(
      #"fields = [ { name = "ax", unit = "g" } ]"#,
      #"fields = [ { name = "ax", scale = 0 } ]"#,
      #"7:35: scale in a field is 0; write a number other than 0 that single precision holds"#),
    ConfigurationFaultCase(
      #"fields = [ { name = "ax", unit = "g" } ]"#,
      #"fields = [ { name = "ax", scale = nan } ]"#,
      #"""
      7:35: scale in a field is nan; write a number other than 0 that single precision \#
      holds
      """#),
    ConfigurationFaultCase(
      #"fields = [ { name = "ax", unit = "g" } ]"#,
      #"fields = [ { name = "ax", offset = 1e39 } ]"#,
      #"7:36: offset in a field is 1e+39; write a number that single precision holds"#),
    ConfigurationFaultCase(
      #"fields = [ { name = "ax", unit = "g" } ]"#,
      #"fields = [ { name = "ax", unit = 1979-05-27 } ]"#,
      #"""
      7:34: unit in a field is 1979-05-27; write 0 to 64 bytes of text on one line, in \#
      quotes
      """#),
    ConfigurationFaultCase(
      #"fields = [ { name = "ax", unit = "g" } ]"#,
      #"fields = [ { name = "ax", unit = true } ]"#,
      #"7:34: unit in a field is true; write 0 to 64 bytes of text on one line, in quotes"#),
  ]

  private static let portsFaults = [
    ConfigurationFaultCase(
      #"model = "fall"\#n"#,
      #"model = "fall"\#n[[sensor]]\#nname = "hip"\#nport = "serial:/dev/ttyUSB0"\#nfields = [ { name = "ax" } ]\#nrate = 1\#n"#,
      #"""
      16:8: another sensor reads this port, at edgeagent.toml:6:8, and one of the two \#
      framings does not mark where a frame begins; only sync, ubx, nmea, can and presets can \#
      share a port, and modbus-rtu with itself
      """#),
    ConfigurationFaultCase(
      #"port = "serial:/dev/ttyUSB0"\#n"#,
      #"port = "serial:/dev/ttyUSB0"\#nframing = "sync"\#nstart = "AA 55"\#nframe_bytes = 8\#ntype = "int16"\#nfields = [ { name = "ax", at = 2 } ]\#nrate = 50\#n[[sensor]]\#nname = "hip"\#nport = "serial:/dev/ttyUSB0"\#nframing = "sync"\#nstart = "AA"\#nframe_bytes = 6\#ntype = "int16"\#nfields = [ { name = "bx", at = 2 } ]\#nrate = 50\#n[[sensor]]\#nname = "foot"\#nport = "serial:/dev/ttyACM0"\#n"#,
      #"""
      15:8: another sensor reads this port, at edgeagent.toml:6:8, and the frames of the two \#
      begin alike; write a checksum for both, or a longer start
      """#),
    ConfigurationFaultCase(
      #"port = "serial:/dev/ttyUSB0""#,
      #"port = "unix:/run/edgeagent/events.sock""#,
      #"""
      6:8: port "unix:/run/edgeagent/events.sock" in [[sensor]] is already at \#
      edgeagent.toml:1:1; change or remove one
      """#),
    ConfigurationFaultCase(
      #"model = "fall"\#n"#,
      #"model = "fall"\#n[[sensor]]\#nname = "wrist"\#nport = "stdin"\#nfields = [ { name = "ax" } ]\#nrate = 1\#n"#,
      #"""
      15:8: name "wrist" in [[sensor]] is already at edgeagent.toml:5:8; change or remove \#
      one
      """#),
  ]
}
