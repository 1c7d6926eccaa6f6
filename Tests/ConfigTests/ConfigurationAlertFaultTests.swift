import Testing

import TestSupport

/// Goal: every fault of `[[pipeline]]` and `[[alert]]` has its place and its remedy.
/// Method: one fault in a correct configuration; the whole answer is compared.
@Suite struct ConfigurationAlertFaultTests {
  @Test(arguments: pipelineFaults)
  func `the pipeline`(fault: ConfigurationFaultCase) {
    fault.expectOfConfiguration()
  }

  @Test(arguments: alertFaults)
  func `the alert`(fault: ConfigurationFaultCase) {
    fault.expectOfConfiguration()
  }

  private static let pipelineFaults = [
    ConfigurationFaultCase(
      #"name = "fall"\#nsensor"#, #"sensor"#,
      #"10:1: [[pipeline]] lacks "name"; add name = "...""#),
    ConfigurationFaultCase(
      #"sensor = "wrist"\#n"#, #""#,
      #"10:1: [[pipeline]] lacks "sensor"; add sensor = "the name of a [[sensor]]""#),
    ConfigurationFaultCase(
      #"model = "fall"\#n"#, #""#,
      #"10:1: [[pipeline]] lacks "model"; add model = "fall""#),
    ConfigurationFaultCase(
      #"sensor = "wrist""#, #"sensor = "wrst""#,
      #"""
      12:10: sensor in [[pipeline]] names "wrst", but no sensor has that name; did you \#
      mean "wrist"?
      """#),
    ConfigurationFaultCase(
      #"sensor = "wrist""#, #"sensor = "hip""#,
      #"""
      12:10: sensor in [[pipeline]] names "hip", but no sensor has that name; known: \#
      "wrist"
      """#),
    ConfigurationFaultCase(
      #"sensor = "wrist""#, #"sensor = 1"#,
      #"12:10: sensor in [[pipeline]] is 1; write 1 to 64 of A-Z a-z 0-9 _ -, in quotes"#),
    ConfigurationFaultCase(
      #"model = "fall"\#n"#, #"model = "fall/"\#n"#,
      #"13:9: model in [[pipeline]] is "fall/"; write "name" or "name/version""#),
    ConfigurationFaultCase(
      #"model = "fall"\#n"#, #"model = "fall/1/2"\#n"#,
      #"13:9: model in [[pipeline]] is "fall/1/2"; write "name" or "name/version""#),
    ConfigurationFaultCase(
      #"model = "fall"\#n"#, #"model = "../fall"\#n"#,
      #"13:9: model in [[pipeline]] is "../fall"; write "name" or "name/version""#),
    ConfigurationFaultCase(
      #"model = "fall"\#n"#, #"model = 1\#n"#,
      #"13:9: model in [[pipeline]] is 1; write "name" or "name/version""#),
    ConfigurationFaultCase(
      #"model = "fall"\#n"#, #"model = ""\#n"#,
      #"13:9: model in [[pipeline]] is ""; write "name" or "name/version""#),
    ConfigurationFaultCase(
      #"model = "fall"\#n"#, #"model = "fall"\#ndeadline = "0s"\#n"#,
      #"""
      14:12: deadline in [[pipeline]] is "0s"; write 1us to 1h as a whole number and one \#
      of ns us ms s m h, such as "20ms"
      """#),
    ConfigurationFaultCase(
      #"model = "fall"\#n"#, #"model = "fall"\#ndeadline = "61m"\#n"#,
      #"""
      14:12: deadline in [[pipeline]] is "61m"; write 1us to 1h as a whole number and one \#
      of ns us ms s m h, such as "20ms"
      """#),
    ConfigurationFaultCase(
      #"model = "fall"\#n"#, #"model = "fall"\#ndeadline = "999ns"\#n"#,
      #"""
      14:12: deadline in [[pipeline]] is "999ns"; write 1us to 1h as a whole number and \#
      one of ns us ms s m h, such as "20ms"
      """#),
    ConfigurationFaultCase(
      #"model = "fall"\#n"#, #"model = "fall"\#nstride = 0\#n"#,
      #"14:10: stride in [[pipeline]] is 0; write a whole number from 1 to 4096"#),
    ConfigurationFaultCase(
      #"model = "fall"\#n"#, #"model = "fall"\#nstride = 4097\#n"#,
      #"14:10: stride in [[pipeline]] is 4097; write a whole number from 1 to 4096"#),
    ConfigurationFaultCase(
      #"model = "fall"\#n"#, #"model = "fall"\#nstride = 1.0\#n"#,
      #"14:10: stride in [[pipeline]] is 1.0; write a whole number from 1 to 4096"#),
    ConfigurationFaultCase(
      #"model = "fall"\#n"#,
      #"model = "fall"\#n[[pipeline]]\#nname = "fall"\#nsensor = "wrist"\#nmodel = "fall"\#n"#,
      #"""
      15:8: name "fall" in [[pipeline]] is already at edgeagent.toml:11:8; change or \#
      remove one
      """#),
    ConfigurationFaultCase(
      #"model = "fall"\#n"#, #"model = "fall"\#nmodels = "fall"\#n"#,
      #"14:1: unknown key "models" in [[pipeline]]; did you mean "model"?"#),
    ConfigurationFaultCase(
      #"model = "fall"\#n"#, #"model = "fall"\#ntrial = true\#n"#,
      #"14:9: trial in [[pipeline]] is true; write a table"#),
    ConfigurationFaultCase(
      #"model = "fall"\#n"#,
      #"model = "fall"\#ntrial = { window = 5, agreement = 1.5, late = -1 }\#n"#,
      #"""
      14:11: unknown key "window" in trial; did you mean "windows"?
      14:35: agreement in trial is 1.5; write a number from 0 to 1
      14:47: late in trial is -1; write a number from 0 to 1
      """#),
    ConfigurationFaultCase(
      #"model = "fall"\#n"#,
      #"model = "fall"\#n[pipeline.trial]\#nwindows = 0\#ntime = "721h"\#nlatency = "0s"\#n"#,
      #"""
      15:11: windows in trial is 0; write a whole number from 1 to 1000000
      16:8: time in trial is "721h"; write 1s to 720h as a whole number and one of ns us ms s \#
      m h, such as "20ms"
      17:11: latency in trial is "0s"; write 1us to 1h as a whole number and one of ns us ms s \#
      m h, such as "20ms"
      """#),
  ]

  private static let alertFaults = [
    ConfigurationFaultCase(
      #"name = "fall"\#nsource"#, #"name = "all"\#nsource"#,
      #"16:8: name "all" in [[alert]] is taken by the agent; choose another"#),
    ConfigurationFaultCase(
      #"source = "fall.fall"\#n"#, #""#,
      #"15:1: [[alert]] lacks "source"; add source = "pipeline.label" or "sensor:name.field""#),
    ConfigurationFaultCase(
      #"above = 0.9\#n"#, #""#,
      #"15:1: [[alert]] lacks "above"; add above = 0.9 (or below, outside, inside)"#),
    ConfigurationFaultCase(
      #"source = "fall.fall""#, #"source = "fall""#,
      #"""
      17:10: source in [[alert]] is "fall"; write "pipeline.label", "sensor:name.field", a statistic of it such \#
      as "sensor:name.field mean 10s" (rate, mean, deviation, span), "stale:sensor", \#
      "stuck:sensor.field 10m", "refused:sensor", "rate:sensor", "late:pipeline", \#
      "anomaly:pipeline", "disabled:pipeline", "output:name", "store" or "clock"
      """#),
    ConfigurationFaultCase(
      #"source = "fall.fall""#, #"source = "fall.""#,
      #"""
      17:10: source in [[alert]] is "fall."; write "pipeline.label", "sensor:name.field", a statistic of it such \#
      as "sensor:name.field mean 10s" (rate, mean, deviation, span), "stale:sensor", \#
      "stuck:sensor.field 10m", "refused:sensor", "rate:sensor", "late:pipeline", \#
      "anomaly:pipeline", "disabled:pipeline", "output:name", "store" or "clock"
      """#),
    ConfigurationFaultCase(
      #"source = "fall.fall""#, #"source = ".fall""#,
      #"""
      17:10: source in [[alert]] is ".fall"; write "pipeline.label", "sensor:name.field", a statistic of it such \#
      as "sensor:name.field mean 10s" (rate, mean, deviation, span), "stale:sensor", \#
      "stuck:sensor.field 10m", "refused:sensor", "rate:sensor", "late:pipeline", \#
      "anomaly:pipeline", "disabled:pipeline", "output:name", "store" or "clock"
      """#),
    ConfigurationFaultCase(
      #"source = "fall.fall""#, #"source = "fell.fall""#,
      #"""
      17:10: source in [[alert]] names "fell", but no pipeline has that name; did you mean \#
      "fall"?
      """#),
    ConfigurationFaultCase(
      #"source = "fall.fall""#, #"source = false"#,
      #"""
      17:10: source in [[alert]] is false; write "pipeline.label", "sensor:name.field", a statistic of it such \#
      as "sensor:name.field mean 10s" (rate, mean, deviation, span), "stale:sensor", \#
      "stuck:sensor.field 10m", "refused:sensor", "rate:sensor", "late:pipeline", \#
      "anomaly:pipeline", "disabled:pipeline", "output:name", "store" or "clock"
      """#),
    ConfigurationFaultCase(
      #"above = 0.9\#n"#, #"above = 1.1\#n"#,
      #"18:9: above in [[alert]] is 1.1; write a number above 0, up to 1"#),
    ConfigurationFaultCase(
      #"above = 0.9\#n"#, #"above = -0.1\#n"#,
      #"18:9: above in [[alert]] is -0.1; write a number above 0, up to 1"#),
    ConfigurationFaultCase(
      #"above = 0.9\#n"#, #"above = nan\#n"#,
      #"18:9: above in [[alert]] is nan; write a number above 0, up to 1"#),
    ConfigurationFaultCase(
      #"above = 0.9\#n"#, #"above = "0.9"\#n"#,
      #"18:9: above in [[alert]] is "0.9"; write a number above 0, up to 1"#),
    ConfigurationFaultCase(
      #"above = 0.9\#n"#, #"above = 0.9\#nclear_below = 0.91\#n"#,
      #"19:15: clear_below in [[alert]] is 0.91; write a number above 0, up to 0.9"#),
    ConfigurationFaultCase(
      #"above = 0.9\#n"#, #"above = 0.9\#nclear_below = -1\#n"#,
      #"19:15: clear_below in [[alert]] is -1; write a number above 0, up to 0.9"#),
    ConfigurationFaultCase(
      #"above = 0.9\#n"#, #"above = 0.9\#nvotes = "0 of 3"\#n"#,
      #"""
      19:9: votes in [[alert]] is "0 of 3"; write "k of n" with 1 <= k <= n <= 32, such as \#
      "2 of 3"
      """#),
    ConfigurationFaultCase(
      #"above = 0.9\#n"#, #"above = 0.9\#nvotes = "4 of 3"\#n"#,
      #"""
      19:9: votes in [[alert]] is "4 of 3"; write "k of n" with 1 <= k <= n <= 32, such as \#
      "2 of 3"
      """#),
    ConfigurationFaultCase(
      #"above = 0.9\#n"#, #"above = 0.9\#nvotes = "1 of 33"\#n"#,
      #"""
      19:9: votes in [[alert]] is "1 of 33"; write "k of n" with 1 <= k <= n <= 32, such \#
      as "2 of 3"
      """#),
    ConfigurationFaultCase(
      #"above = 0.9\#n"#, #"above = 0.9\#nvotes = "2/3"\#n"#,
      #"""
      19:9: votes in [[alert]] is "2/3"; write "k of n" with 1 <= k <= n <= 32, such as "2 \#
      of 3"
      """#),
    ConfigurationFaultCase(
      #"above = 0.9\#n"#, #"above = 0.9\#nvotes = "+1 of 3"\#n"#,
      #"""
      19:9: votes in [[alert]] is "+1 of 3"; write "k of n" with 1 <= k <= n <= 32, such \#
      as "2 of 3"
      """#),
    ConfigurationFaultCase(
      #"above = 0.9\#n"#, #"above = 0.9\#nvotes = 2\#n"#,
      #"""
      19:9: votes in [[alert]] is 2; write "k of n" with 1 <= k <= n <= 32, such as "2 of \#
      3"
      """#),
    ConfigurationFaultCase(
      #"above = 0.9\#n"#, #"above = 0.9\#nhold = "25h"\#n"#,
      #"""
      19:8: hold in [[alert]] is "25h"; write 0s to 24h as a whole number and one of ns us \#
      ms s m h, such as "20ms"
      """#),
    ConfigurationFaultCase(
      #"above = 0.9\#n"#, #"above = 0.9\#nseverity = "fatal"\#n"#,
      #"19:12: severity in [[alert]] is "fatal"; write one of "info", "warning", "critical""#),
    ConfigurationFaultCase(
      #"above = 0.9\#n"#, #"above = 0.9\#nseverity = "criticl"\#n"#,
      #"""
      19:12: severity in [[alert]] is "criticl"; write one of "info", "warning", \#
      "critical"; did you mean "critical"?
      """#),
    ConfigurationFaultCase(
      #"above = 0.9\#n"#, #"above = 0.9\#nlatch = "yes"\#n"#,
      #"19:9: latch in [[alert]] is "yes"; write true or false"#),
    ConfigurationFaultCase(
      #"above = 0.9\#n"#, #"above = 0.9\#noutputs = "socket"\#n"#,
      #"19:11: outputs in [[alert]] is "socket"; write an array"#),
    ConfigurationFaultCase(
      #"above = 0.9\#n"#,
      #"above = 0.9\#noutputs = ["socket", "sockets"]\#n"#,
      #"""
      19:22: outputs in [[alert]] is "sockets"; write "socket", "journal", "exec:/path", \#
      "gpio:chip/line" or the name of an [[output]]
      """#),
    ConfigurationFaultCase(
      #"above = 0.9\#n"#, #"above = 0.9\#noutputs = ["exec:"]\#n"#,
      #"""
      19:12: outputs in [[alert]] is "exec:"; write "socket", "journal", "exec:/path", \#
      "gpio:chip/line" or the name of an [[output]]
      """#),
    ConfigurationFaultCase(
      #"above = 0.9\#n"#, #"above = 0.9\#noutputs = ["journal:x"]\#n"#,
      #"""
      19:12: outputs in [[alert]] is "journal:x"; write "socket", "journal", "exec:/path", \#
      "gpio:chip/line" or the name of an [[output]]
      """#),
    ConfigurationFaultCase(
      #"above = 0.9\#n"#,
      #"above = 0.9\#noutputs = ["gpio:gpiochip0/x"]\#n"#,
      #"""
      19:12: outputs in [[alert]] is "gpio:gpiochip0/x"; write "socket", "journal", "exec:/path", \#
      "gpio:chip/line" or the name of an [[output]]
      """#),
    ConfigurationFaultCase(
      #"above = 0.9\#n"#, #"above = 0.9\#noutputs = ["socket", "socket"]\#n"#,
      #"""
      19:22: outputs "socket" in [[alert]] is already at edgeagent.toml:19:12; change or \#
      remove one
      """#),
    ConfigurationFaultCase(
      #"above = 0.9\#n"#, #"above = 0.9\#noutputs = [1]\#n"#,
      #"""
      19:12: outputs in [[alert]] is 1; write "socket", "journal", "exec:/path", \#
      "gpio:chip/line" or the name of an [[output]]
      """#),
    ConfigurationFaultCase(
      #"above = 0.9\#n"#,
      #"above = 0.9\#noutputs = ["exec:/0","exec:/1","exec:/2","exec:/3","exec:/4","exec:/5","exec:/6","exec:/7","exec:/8"]\#n"#,
      #"19:11: outputs in [[alert]] has 9 elements; write 0 to 8"#),
    ConfigurationFaultCase(
      #"above = 0.9\#n"#,
      #"above = 0.9\#n[[alert]]\#nname = "fall"\#nsource = "fall.fall"\#nabove = 1\#n"#,
      #"""
      20:8: name "fall" in [[alert]] is already at edgeagent.toml:16:8; change or remove \#
      one
      """#),
    ConfigurationFaultCase(
      #"above = 0.9\#n"#, #"above = 0.9\#nclearbelow = 0.6\#n"#,
      #"19:1: unknown key "clearbelow" in [[alert]]; did you mean "clear_below"?"#),
  ]
}
