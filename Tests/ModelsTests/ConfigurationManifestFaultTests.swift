import Testing

import TestSupport

/// Goal: every fault of a manifest has its place and its remedy.
/// Method: one thing broken in a manifest that is right, and the whole answer compared.
@Suite struct ConfigurationManifestFaultTests {
  @Test(arguments: headFaults)
  func `the head`(fault: ConfigurationFaultCase) {
    fault.expectOfManifest()
  }

  @Test(arguments: inputFaults)
  func `the input`(fault: ConfigurationFaultCase) {
    fault.expectOfManifest()
  }

  @Test(arguments: preprocessFaults)
  func `the preprocessing`(fault: ConfigurationFaultCase) {
    fault.expectOfManifest()
  }

  @Test(arguments: outputFaults)
  func `the output`(fault: ConfigurationFaultCase) {
    fault.expectOfManifest()
  }

  private static let headFaults = [
    ConfigurationFaultCase(
      #"format = 1\#n"#, #""#,
      #"1:1: the file lacks "format"; add format = 1"#),
    ConfigurationFaultCase(
      #"format = 1"#, #"format = 2"#,
      #"1:10: format at the top level is 2; write 1"#),
    ConfigurationFaultCase(
      #"format = 1"#, #"format = "1""#,
      #"1:10: format at the top level is "1"; write 1"#),
    ConfigurationFaultCase(
      #"format = 1"#, #"format = 2\#nnew = 1"#,
      #"1:10: format at the top level is 2; write 1"#),
    ConfigurationFaultCase(
      #"minimum_agent = "0.1.0"\#n"#, #""#,
      #"1:1: the file lacks "minimum_agent"; add minimum_agent = "0.1.0""#),
    ConfigurationFaultCase(
      #"minimum_agent = "0.1.0""#, #"minimum_agent = "0.1""#,
      #"5:17: minimum_agent at the top level is "0.1"; write three numbers such as "0.1.0""#),
    ConfigurationFaultCase(
      #"minimum_agent = "0.1.0""#, #"minimum_agent = "v0.1.0""#,
      #"""
      5:17: minimum_agent at the top level is "v0.1.0"; write three numbers such as \#
      "0.1.0"
      """#),
    ConfigurationFaultCase(
      #"minimum_agent = "0.1.0""#, #"minimum_agent = "0.01.0""#,
      #"""
      5:17: minimum_agent at the top level is "0.01.0"; write three numbers such as \#
      "0.1.0"
      """#),
    ConfigurationFaultCase(
      #"minimum_agent = "0.1.0""#, #"minimum_agent = "0.1.0-rc.1""#,
      #"""
      5:17: minimum_agent at the top level is "0.1.0-rc.1"; write three numbers such as \#
      "0.1.0"
      """#),
    ConfigurationFaultCase(
      #"minimum_agent = "0.1.0""#, #"minimum_agent = 0.1"#,
      #"5:17: minimum_agent at the top level is 0.1; write three numbers such as "0.1.0""#),
    ConfigurationFaultCase(
      #"minimum_agent = "0.1.0""#, #"minimum_agent = "0.1.1"\#nnew = 1"#,
      #"""
      5:17: minimum_agent is 0.1.1, but this agent is 0.1.0; update the agent or take an \#
      older version of the model
      """#),
    ConfigurationFaultCase(
      #"minimum_agent = "0.1.0""#, #"minimum_agent = "1.0.0""#,
      #"""
      5:17: minimum_agent is 1.0.0, but this agent is 0.1.0; update the agent or take an \#
      older version of the model
      """#),
    ConfigurationFaultCase(
      #"name = "fall"\#n"#, #""#,
      #"1:1: the file lacks "name"; add name = "...""#),
    ConfigurationFaultCase(
      #"name = "fall""#, #"name = "a/b""#,
      #"""
      2:8: name at the top level is "a/b"; write 1 to 64 of A-Z a-z 0-9 . _ -, no dot \#
      first, in quotes
      """#),
    ConfigurationFaultCase(
      #"name = "fall""#, #"name = "..""#,
      #"""
      2:8: name at the top level is ".."; write 1 to 64 of A-Z a-z 0-9 . _ -, no dot \#
      first, in quotes
      """#),
    ConfigurationFaultCase(
      #"version = "1"\#n"#, #""#,
      #"1:1: the file lacks "version"; add version = "1""#),
    ConfigurationFaultCase(
      #"version = "1""#, #"version = 1"#,
      #"""
      3:11: version at the top level is 1; write 1 to 64 of A-Z a-z 0-9 . _ -, no dot \#
      first, in quotes
      """#),
    ConfigurationFaultCase(
      #"licence = "Apache-2.0"\#n"#, #""#,
      #"1:1: the file lacks "licence"; add licence = "Apache-2.0""#),
    ConfigurationFaultCase(
      #"licence"#, #"license"#,
      #"""
      1:1: the file lacks "licence"; add licence = "Apache-2.0"
      4:1: unknown key "license" at the top level; did you mean "licence"?
      """#),
    ConfigurationFaultCase(
      #"licence = "Apache-2.0""#, #"licence = """#,
      #"""
      4:11: licence at the top level is ""; write 1 to 256 bytes of text on one line, in \#
      quotes
      """#),
    ConfigurationFaultCase(
      #"summary = "Falls from a wrist sensor."\#n"#, #""#,
      #"1:1: the file lacks "summary"; add summary = "...""#),
    ConfigurationFaultCase(
      #"a wrist"#, #"a\nwrist"#,
      #"""
      6:11: summary at the top level is "Falls from a\nwrist sensor."; write 1 to 256 \#
      bytes of text on one line, in quotes
      """#),
    ConfigurationFaultCase(
      #"[output]"#, #"[outputs]"#,
      #"""
      1:1: the file lacks "output"; add [output] with labels
      21:2: unknown key "outputs" at the top level; did you mean "output"?
      """#),
    ConfigurationFaultCase(
      #"[input]\#n"#, #"[imput]\#n"#,
      #"""
      1:1: the file lacks "input"; add [input] with rate, window, stride and features
      8:2: unknown key "imput" at the top level; did you mean "input"?
      """#),
    ConfigurationFaultCase(
      #"[output]\#nlabels"#, #"output"#,
      #"""
      1:1: the file lacks "output"; add [output] with labels
      21:1: unknown key "output" in [[preprocess]]; known: "step", "offset", "divide", \#
      "lower", "upper"
      """#),
    ConfigurationFaultCase(#"format = 1"#, #"format = "#, #"1:10: expected a value"#),
  ]

  private static let inputFaults = [
    ConfigurationFaultCase(#"rate = 50\#n"#, #""#, #"8:1: [input] lacks "rate"; add rate = 50"#),
    ConfigurationFaultCase(
      #"rate = 50"#, #"rate = 0"#,
      #"9:8: rate in [input] is 0; write a number from 1e-05 to 100000"#),
    ConfigurationFaultCase(
      #"rate = 50"#, #"rate = 1e6"#,
      #"9:8: rate in [input] is 1000000.0; write a number from 1e-05 to 100000"#),
    ConfigurationFaultCase(
      #"window = 150\#n"#, #""#,
      #"8:1: [input] lacks "window"; add window = 150"#),
    ConfigurationFaultCase(
      #"window = 150"#, #"window = 0"#,
      #"10:10: window in [input] is 0; write a whole number from 1 to 4096"#),
    ConfigurationFaultCase(
      #"window = 150"#, #"window = 4097"#,
      #"10:10: window in [input] is 4097; write a whole number from 1 to 4096"#),
    ConfigurationFaultCase(
      #"window = 150"#, #"window = 150.0"#,
      #"10:10: window in [input] is 150.0; write a whole number from 1 to 4096"#),
    ConfigurationFaultCase(
      #"window = 150"#, #"window = 9"#,
      #"11:10: stride in [input] is 10; write a whole number from 1 to 9"#),
    ConfigurationFaultCase(
      #"stride = 10\#n"#, #""#,
      #"8:1: [input] lacks "stride"; add stride = 10"#),
    ConfigurationFaultCase(
      #"stride = 10"#, #"stride = 0"#,
      #"11:10: stride in [input] is 0; write a whole number from 1 to 150"#),
    ConfigurationFaultCase(
      #"stride = 10"#, #"stride = 151"#,
      #"11:10: stride in [input] is 151; write a whole number from 1 to 150"#),
    ConfigurationFaultCase(
      #"features = [ { name = "ax", unit = "g" }, { name = "ay", unit = "g" } ]\#n"#,
      #""#,
      #"8:1: [input] lacks "features"; add features = [ { name = "ax", unit = "g" } ]"#),
    ConfigurationFaultCase(
      #"features = [ { name = "ax", unit = "g" }, { name = "ay", unit = "g" } ]"#,
      #"features = []\#n"#,
      #"12:12: features in [input] has 0 elements; write 1 to 32"#),
    ConfigurationFaultCase(
      #"features = [ { name = "ax", unit = "g" }, { name = "ay", unit = "g" } ]"#,
      #"features = ["ax", "ay"]"#,
      #"""
      12:13: features in [input] is "ax"; write a table
      12:19: features in [input] is "ay"; write a table
      """#),
    ConfigurationFaultCase(
      #"features = [ { name = "ax", unit = "g" }, { name = "ay", unit = "g" } ]"#,
      #"features = [ { name = "ax" }, { name = "ax" } ]"#,
      #"12:40: name "ax" in a feature is already at model.toml:12:23; change or remove one"#),
    ConfigurationFaultCase(
      #"features = [ { name = "ax", unit = "g" }, { name = "ay", unit = "g" } ]"#,
      #"features = [ { unit = "g" }, { name = "ay" } ]"#,
      #"12:14: a feature lacks "name"; add name = "...""#),
    ConfigurationFaultCase(
      #"features = [ { name = "ax", unit = "g" }, { name = "ay", unit = "g" } ]"#,
      #"features = [ { name = "ax", typ = 1 }, { name = "ay" } ]"#,
      #"12:29: unknown key "typ" in a feature; known: "name", "unit""#),
    ConfigurationFaultCase(
      #"features = [ { name = "ax", unit = "g" }, { name = "ay", unit = "g" } ]"#,
      #"features = [ { name = "ax" } ]"#,
      #"""
      16:10: offset in [[preprocess]] has 2 elements; write 1
      17:10: divide in [[preprocess]] has 2 elements; write 1
      """#),
    ConfigurationFaultCase(
      #"stride = 10"#, #"stride = 10\#nsride = 1"#,
      #"12:1: unknown key "sride" in [input]; did you mean "stride"?"#),
  ]

  private static let preprocessFaults = [
    ConfigurationFaultCase(
      #"step = "scale"\#n"#, #""#,
      #"14:1: [[preprocess]] lacks "step"; add step = "scale""#),
    ConfigurationFaultCase(
      #"step = "scale""#, #"step = "fft""#,
      #"15:8: step in [[preprocess]] is "fft"; write "scale""#),
    ConfigurationFaultCase(
      #"step = "scale""#, #"step = 1"#,
      #"15:8: step in [[preprocess]] is 1; write "scale""#),
    ConfigurationFaultCase(
      #"offset = [0, 0.5]\#n"#, #""#,
      #"14:1: [[preprocess]] lacks "offset"; add offset with one number a feature"#),
    ConfigurationFaultCase(
      #"offset = [0, 0.5]"#, #"offset = [0]"#,
      #"16:10: offset in [[preprocess]] has 1 element; write 2"#),
    ConfigurationFaultCase(
      #"offset = [0, 0.5]"#, #"offset = [0, 0, 0]"#,
      #"16:10: offset in [[preprocess]] has 3 elements; write 2"#),
    ConfigurationFaultCase(
      #"offset = [0, 0.5]"#, #"offset = 0"#,
      #"16:10: offset in [[preprocess]] is 0; write an array"#),
    ConfigurationFaultCase(
      #"offset = [0, 0.5]"#, #"offset = [0, nan]"#,
      #"16:14: offset in [[preprocess]] is nan; write a number that single precision holds"#),
    ConfigurationFaultCase(
      #"offset = [0, 0.5]"#, #"offset = [0, "1"]"#,
      #"16:14: offset in [[preprocess]] is "1"; write a number that single precision holds"#),
    ConfigurationFaultCase(
      #"divide = [4, 500]"#, #"divide = [4, 0]"#,
      #"""
      17:14: divide in [[preprocess]] is 0; write a number other than 0 that single \#
      precision holds
      """#),
    ConfigurationFaultCase(
      #"divide = [4, 500]"#, #"divide = [4, 1e-50]"#,
      #"""
      17:14: divide in [[preprocess]] is 1e-50; write a number other than 0 that single \#
      precision holds
      """#),
    ConfigurationFaultCase(
      #"divide = [4, 500]"#, #"divide = [inf, 4]"#,
      #"""
      17:11: divide in [[preprocess]] is inf; write a number other than 0 that single \#
      precision holds
      """#),
    ConfigurationFaultCase(
      #"lower = -1.0\#n"#, #""#,
      #"14:1: [[preprocess]] lacks "lower"; add lower = -1.0"#),
    ConfigurationFaultCase(
      #"upper = 1\#n"#, #""#,
      #"14:1: [[preprocess]] lacks "upper"; add upper = 1.0"#),
    ConfigurationFaultCase(
      #"upper = 1\#n"#, #"upper = -1\#n"#,
      #"""
      19:9: upper in [[preprocess]] is -1; write a number above -1 that single precision \#
      holds
      """#),
    ConfigurationFaultCase(
      #"upper = 1\#n"#, #"upper = inf\#n"#,
      #"""
      19:9: upper in [[preprocess]] is inf; write a number above -1 that single precision \#
      holds
      """#),
    ConfigurationFaultCase(
      #"lower = -1.0"#, #"lower = -inf"#,
      #"18:9: lower in [[preprocess]] is -inf; write a number that single precision holds"#),
    ConfigurationFaultCase(
      #"[output]"#, #"[[preprocess]]\#nstep = "scale"\#n[output]"#,
      #"21:1: preprocess at the top level has 2 elements; write 0 to 1"#),
    ConfigurationFaultCase(
      #"[[preprocess]]"#, #"[preprocess]"#,
      #"14:1: preprocess at the top level is a table; write it as [[...]], once for each"#),
    ConfigurationFaultCase(
      #"upper = 1\#n"#, #"uper = 1\#n"#,
      #"""
      14:1: [[preprocess]] lacks "upper"; add upper = 1.0
      19:1: unknown key "uper" in [[preprocess]]; did you mean "upper"?
      """#),
  ]

  private static let outputFaults = [
    ConfigurationFaultCase(
      #"labels = ["daily", "fall"]\#n"#, #""#,
      #"21:1: [output] lacks "labels"; add labels = ["normal", "fall"]"#),
    ConfigurationFaultCase(
      #"labels = ["daily", "fall"]"#, #"labels = []"#,
      #"22:10: labels in [output] has 0 elements; write 1 to 64"#),
    ConfigurationFaultCase(
      #"labels = ["daily", "fall"]"#, #"labels = "fall""#,
      #"22:10: labels in [output] is "fall"; write an array"#),
    ConfigurationFaultCase(
      #"labels = ["daily", "fall"]"#, #"labels = ["fall", "fall"]"#,
      #"""
      22:19: labels "fall" in [output] is already at model.toml:22:11; change or remove \#
      one
      """#),
    ConfigurationFaultCase(
      #"labels = ["daily", "fall"]"#, #"labels = ["fall", ""]"#,
      #"22:19: labels in [output] is ""; write 1 to 64 bytes of text on one line, in quotes"#),
    ConfigurationFaultCase(
      #"labels = ["daily", "fall"]"#, #"labels = [1, "fall"]"#,
      #"22:11: labels in [output] is 1; write 1 to 64 bytes of text on one line, in quotes"#),
    ConfigurationFaultCase(
      #"labels = ["daily", "fall"]"#,
      #"labels = ["daily", "fall"]\#nlabel = "x""#,
      #"23:1: unknown key "label" in [output]; did you mean "labels"?"#),
    ConfigurationFaultCase(
      #"[output]"#, #"[limits]\#narena = "512KiB "\#n[output]"#,
      #"""
      22:9: arena in [limits] is "512KiB "; write 1KiB to 4MiB as a whole number and KiB or \#
      MiB, such as "16MiB"
      """#),
    ConfigurationFaultCase(
      #"[output]"#, #"[limits]\#ntime = "1ms"\#n[output]"#,
      #"22:1: unknown key "time" in [limits]; known: "arena", "inference""#),
  ]
}
