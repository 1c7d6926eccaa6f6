import Testing

import TestSupport

/// Goal: every fault of the file, `[agent]` and `[events]` has its place and its remedy.
/// Method: one fault in a correct configuration; the whole answer is compared.
@Suite struct ConfigurationFaultTests {
  @Test(arguments: rootFaults)
  func `tables at the top level`(fault: ConfigurationFaultCase) {
    fault.expectOfConfiguration()
  }

  @Test(arguments: agentFaults)
  func `the agent`(fault: ConfigurationFaultCase) {
    fault.expectOfConfiguration()
  }

  @Test(arguments: eventsFaults)
  func `the events`(fault: ConfigurationFaultCase) {
    fault.expectOfConfiguration()
  }

  private static let rootFaults = [
    ConfigurationFaultCase(
      #"[agent]\#nid = "ward-7"\#n"#, #"agent = 7\#n"#,
      #"1:9: agent at the top level is 7; write a table"#),
    ConfigurationFaultCase(
      #"[[sensor]]"#, #"[sensor]"#,
      #"4:1: sensor at the top level is a table; write it as [[...]], once for each"#),
    ConfigurationFaultCase(
      #"[[pipeline]]"#, #"[[pipline]]"#,
      #"""
      10:3: unknown key "pipline" at the top level; did you mean "pipeline"?
      17:10: source in [[alert]] names "fall", but no pipeline has that name; add one
      """#),
    ConfigurationFaultCase(
      #"above = 0.9\#n"#,
      #"above = 0.9\#n[sync]\#nregistry = "mlflow:https://mlflow.example.com"\#n"#,
      #"19:1: [sync] lacks "models"; add models = [ { name = "fall", alias = "champion" } ]"#),
    ConfigurationFaultCase(
      #"above = 0.9\#n"#, #"above = 0.9\#n[[sync.model]]\#nregistry = "dir:/r"\#n"#,
      """
      19:3: [sync] lacks "uplink"; add uplink = "cloudevents:https://...", or a registry
      19:8: unknown key "model" in [sync]; did you mean "models"?
      """),
    ConfigurationFaultCase(
      #"above = 0.9\#n"#, #"above = 0.9\#n[zz]\#n"#,
      #"""
      19:2: unknown key "zz" at the top level; known: "agent", "events", "control", "store", \#
      "black_box", "sync", \#
      "sensor", "pipeline", "condition", "alert", "output"
      """#),
    ConfigurationFaultCase(
      #"[agent]"#, #"sensors = 1\#n[agent]"#,
      #"1:1: unknown key "sensors" at the top level; did you mean "sensor"?"#),
  ]

  private static let agentFaults = [
    ConfigurationFaultCase(
      #""ward-7""#, #""""#,
      #"""
      2:6: id in [agent] is ""; write 1 to 64 of A-Z a-z 0-9 . _ -, no dot first, in \#
      quotes
      """#),
    ConfigurationFaultCase(
      #""ward-7""#, #""ward 7""#,
      #"""
      2:6: id in [agent] is "ward 7"; write 1 to 64 of A-Z a-z 0-9 . _ -, no dot first, in \#
      quotes
      """#),
    ConfigurationFaultCase(
      #""ward-7""#, #"".ward""#,
      #"""
      2:6: id in [agent] is ".ward"; write 1 to 64 of A-Z a-z 0-9 . _ -, no dot first, in \#
      quotes
      """#),
    ConfigurationFaultCase(
      #""ward-7""#, #"7"#,
      #"2:6: id in [agent] is 7; write 1 to 64 of A-Z a-z 0-9 . _ -, no dot first, in quotes"#),
    ConfigurationFaultCase(
      #"id = "ward-7"\#n"#, #"id = "ward-7"\#nmodels = ""\#n"#,
      #"""
      3:10: models in [agent] is ""; write a path of 1 to 4095 bytes from the root, in \#
      quotes
      """#),
    ConfigurationFaultCase(
      #"id = "ward-7"\#n"#, #"id = "ward-7"\#nmodels = "a\u0000b"\#n"#,
      #"""
      3:10: models in [agent] is "a\u{0}b"; write a path of 1 to 4095 bytes from the root, \#
      in quotes
      """#),
    ConfigurationFaultCase(
      #"id = "ward-7"\#n"#, #"id = "ward-7"\#nmemory = 16\#n"#,
      #"""
      3:10: memory in [agent] is 16; write 64KiB to 1024MiB as a whole number and KiB or \#
      MiB, such as "16MiB"
      """#),
    ConfigurationFaultCase(
      #"id = "ward-7"\#n"#, #"id = "ward-7"\#nmemory = "16MB"\#n"#,
      #"""
      3:10: memory in [agent] is "16MB"; write 64KiB to 1024MiB as a whole number and KiB \#
      or MiB, such as "16MiB"
      """#),
    ConfigurationFaultCase(
      #"id = "ward-7"\#n"#, #"id = "ward-7"\#nmemory = "63KiB"\#n"#,
      #"""
      3:10: memory in [agent] is "63KiB"; write 64KiB to 1024MiB as a whole number and KiB \#
      or MiB, such as "16MiB"
      """#),
    ConfigurationFaultCase(
      #"id = "ward-7"\#n"#, #"id = "ward-7"\#nmemory = "1025MiB"\#n"#,
      #"""
      3:10: memory in [agent] is "1025MiB"; write 64KiB to 1024MiB as a whole number and \#
      KiB or MiB, such as "16MiB"
      """#),
    ConfigurationFaultCase(
      #"id = "ward-7"\#n"#,
      #"id = "ward-7"\#nmemory = "99999999999999999999KiB"\#n"#,
      #"""
      3:10: memory in [agent] is "99999999999999999999KiB"; write 64KiB to 1024MiB as a \#
      whole number and KiB or MiB, such as "16MiB"
      """#),
    ConfigurationFaultCase(
      #"id = "ward-7"\#n"#,
      #"id = "ward-7"\#nmemory = "9007199254740993KiB"\#n"#,
      #"""
      3:10: memory in [agent] is "9007199254740993KiB"; write 64KiB to 1024MiB as a whole \#
      number and KiB or MiB, such as "16MiB"
      """#),
    ConfigurationFaultCase(
      #"id = "ward-7"\#n"#, #"id = "ward-7"\#nmodles = "m"\#n"#,
      #"3:1: unknown key "modles" in [agent]; did you mean "models"?"#),
  ]

  private static let eventsFaults = [
    ConfigurationFaultCase(
      #"[[sensor]]"#, #"[events]\#nsocket = ""\#n[[sensor]]"#,
      #"""
      5:10: socket in [events] is ""; write a path of 1 to 107 bytes from the root, in \#
      quotes
      """#),
    ConfigurationFaultCase(
      #"[[sensor]]"#, #"[events]\#npublish = "alerts"\#n[[sensor]]"#,
      #"5:11: publish in [events] is "alerts"; write an array"#),
    ConfigurationFaultCase(
      #"[[sensor]]"#, #"[events]\#npublish = ["alert"]\#n[[sensor]]"#,
      #"""
      5:12: publish in [events] is "alert"; write one of "alerts", "scores", "samples"; \#
      did you mean "alerts"?
      """#),
    ConfigurationFaultCase(
      #"[[sensor]]"#,
      #"[events]\#npublish = ["alerts", "scores", "alerts"]\#n[[sensor]]"#,
      #"""
      5:32: publish "alerts" in [events] is already at edgeagent.toml:5:12; change or \#
      remove one
      """#),
    ConfigurationFaultCase(
      #"[[sensor]]"#,
      #"[events]\#npublish = ["alerts", "scores", "samples", "alerts"]\#n[[sensor]]"#,
      #"5:11: publish in [events] has 4 elements; write 0 to 3"#),
    ConfigurationFaultCase(
      #"[[sensor]]"#, #"events = []\#n[[sensor]]"#,
      #"4:1: unknown key "events" in [agent]; known: "id", "models", "state", "memory", "cpu", "#
        + #""trust""#),
  ]
}
