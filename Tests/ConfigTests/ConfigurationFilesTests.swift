import CPlatform
import Testing

@testable import Config
import TestSupport
@testable import Text

/// Goal: several files make one configuration, and each fault names the file that has it.
/// Method: for merging, drop-ins as values; for reading, a temporary folder.
@Suite struct ConfigurationFilesTests {
  // MARK: Merging

  @Test func `tables merge key by key and the last wins`() throws {
    let configuration = try Configuration.parse([
      source("etc/edgeagent.toml", "agent = { id = \"a\", models = \"m\" }\nevents.publish = []"),
      source("etc/edgeagent.d/1.toml", "[agent]\nid = \"b\"\nmemory = \"1MiB\""),
      source("etc/edgeagent.d/2.toml", "[agent]\nid = \"c\"\n[events]\nsocket = \"s\""),
    ])
    #expect(configuration.agent.id == "c")
    #expect(configuration.agent.models == "etc/m")
    #expect(configuration.agent.memoryBytesMax == 1 << 20)
    #expect(configuration.agent.memoryPlace.text == "etc/edgeagent.d/1.toml:3:10")
    #expect(configuration.agent.place.text == "etc/edgeagent.toml:1:9")
    #expect(configuration.events.publish == [])
    #expect(configuration.events.socket == "etc/s")
  }

  @Test func `arrays of tables are appended, written either way`() throws {
    let sensor = "port = \"file:x\"\nfields = [ { name = \"x\" } ]\nrate = 1\n"
    let configuration = try Configuration.parse([
      source("a.toml", "[agent]\nid = \"a\"\n[[sensor]]\nname = \"1\"\n\(sensor)"),
      source("b.toml", "[[sensor]]\nname = \"2\"\n\(sensor)"),
      source(
        "c.toml",
        "sensor = [ { name = \"3\", port = \"stdin\", rate = 1, fields = [{name = \"x\"}] } ]"),
      source("d.toml", "[[pipeline]]\nname = \"p\"\nsensor = \"3\"\nmodel = \"m\""),
    ])
    #expect(configuration.sensors.map { $0.name } == ["1", "2", "3"])
    #expect(configuration.sensors.map { $0.place.file } == ["a.toml", "b.toml", "c.toml"])
  }

  @Test func `a name in two files is taken`() {
    let sensor =
      "[[sensor]]\nname = \"s\"\nport = \"file:x\"\nfields = [ { name = \"x\" } ]\nrate = 1\n"
    let found = ConfigurationFaultCase.messages(of: [
      source("edgeagent.toml", "agent.id = \"a\"\n\(sensor)"), source("edgeagent.d/1.toml", sensor),
    ])
    #expect(
      found == [
        "edgeagent.d/1.toml:2:8: name \"s\" in [[sensor]] is already at edgeagent.toml:3:8; "
          + "change or remove one"
      ])
  }

  @Test func `a value of another type wins, and is wrong`() {
    let found = ConfigurationFaultCase.messages(of: [
      source("edgeagent.toml", "agent.id = \"a\""), source("edgeagent.d/1.toml", "agent = 1"),
    ])
    #expect(found == ["edgeagent.d/1.toml:1:9: agent at the top level is 1; write a table"])
  }

  @Test func `faults come in the order of the files`() {
    let found = ConfigurationFaultCase.messages(of: [
      source("z.toml", "[agent]\nid = 1\nx = 1"), source("b.toml", "[events]\ny = 1"),
      source("a.toml", "[agent]\nz = 1"),
    ])
    #expect(
      found == [
        "z.toml:2:6: id in [agent] is 1; write 1 to 64 of A-Z a-z 0-9 . _ -, no dot first, in quotes",
        "z.toml:3:1: unknown key \"x\" in [agent]; known: \"id\", \"models\", \"state\", "
          + "\"memory\", \"cpu\", \"trust\"",
        "b.toml:2:1: unknown key \"y\" in [events]; known: \"socket\", \"publish\"",
        "a.toml:2:1: unknown key \"z\" in [agent]; known: \"id\", \"models\", \"state\", "
          + "\"memory\", \"cpu\", \"trust\"",
      ])
  }

  @Test func `the syntax of all files comes before their meaning`() {
    let found = ConfigurationFaultCase.messages(of: [
      source("a.toml", "x = "), source("b.toml", "[agent]\nid = 1"), source("c.toml", "[a"),
    ])
    #expect(
      found == [
        "a.toml:1:5: expected a value", "c.toml:1:3: expected ] at the end of the header",
      ])
  }

  // MARK: Reading

  @Test func `the main file and its drop-ins in the order of their names`() throws {
    try TestFolder.use { folder in
      #expect(mkdir("\(folder)/edgeagent.d", 0o700) == 0)
      TestFolder.write("[agent]\nid = \"a\"", to: "\(folder)/edgeagent.toml")
      TestFolder.write("agent.id = \"c\"", to: "\(folder)/edgeagent.d/20.toml")
      TestFolder.write("agent.id = \"b\"", to: "\(folder)/edgeagent.d/10.toml")
      TestFolder.write("not TOML", to: "\(folder)/edgeagent.d/.30.toml")
      TestFolder.write("not TOML", to: "\(folder)/edgeagent.d/30.toml~")
      let files = try ConfigurationFiles.read("\(folder)/edgeagent.toml").map { $0.file }
      #expect(
        files
          == ["edgeagent.toml", "edgeagent.d/10.toml", "edgeagent.d/20.toml"]
          .map { "\(folder)/\($0)" })
      let configuration = try Configuration.load("\(folder)/edgeagent.toml")
      #expect(configuration.agent.id == "c")
    }
  }

  @Test func `no drop-ins are no fault`() throws {
    try TestFolder.use { folder in
      TestFolder.write("agent.id = \"a\"", to: "\(folder)/edgeagent.toml")
      let id = try Configuration.load("\(folder)/edgeagent.toml").agent.id
      #expect(id == "a")
    }
  }

  @Test func `every file that cannot be read is named`() throws {
    try TestFolder.use { folder in
      #expect(mkdir("\(folder)/edgeagent.d", 0o700) == 0)
      #expect(mkdir("\(folder)/edgeagent.d/1.toml", 0o700) == 0)
      #expect(
        refusal("\(folder)/edgeagent.toml") == [
          "\(folder)/edgeagent.toml: No such file or directory",
          "\(folder)/edgeagent.d/1.toml: Is a directory",
        ])
      TestFolder.write("", to: "\(folder)/edgeagent.toml")
      #expect(
        refusal("\(folder)/edgeagent.toml/edgeagent.toml")
          == [
            "\(folder)/edgeagent.toml/edgeagent.d: Not a directory",
            "\(folder)/edgeagent.toml/edgeagent.toml: Not a directory",
          ])
    }
  }

  /// 113 drop-ins: one more than with every table in a separate file.
  @Test func `too many files`() throws {
    try TestFolder.use { folder in
      #expect(mkdir("\(folder)/edgeagent.d", 0o700) == 0)
      TestFolder.write("agent.id = \"a\"", to: "\(folder)/edgeagent.toml")
      for index in 0..<112 {
        TestFolder.write("", to: "\(folder)/edgeagent.d/\(index).toml")
      }
      #expect(refusal("\(folder)/edgeagent.toml").isEmpty)
      TestFolder.write("", to: "\(folder)/edgeagent.d/more.toml")
      #expect(
        refusal("\(folder)/edgeagent.toml") == [
          "\(folder)/edgeagent.toml: with its drop-ins these are 114 files; at most 113 are read"
        ])
    }
  }

  @Test func `a file longer than the limit is refused and not read on`() throws {
    try TestFolder.use { folder in
      let path = "\(folder)/edgeagent.toml"
      let head = "agent.id = \"a\"\n#"
      let filler = String(repeating: "x", count: TOMLLimits.documentBytesMax - head.utf8.count)
      TestFolder.write(head + filler, to: path)
      #expect(refusal(path).isEmpty)
      TestFolder.write(head + filler + "xx", to: path)
      #expect(
        refusal(path) == ["\(path):1:1: the file is longer than 1048576 bytes; cut it down"])
    }
  }

  @Test(arguments: [
    ("/etc/edgeagent.toml", "a", "/etc/a"), ("/etc/edgeagent.toml", "/a", "/a"),
    ("edgeagent.toml", "a/b", "a/b"), ("../edgeagent.toml", "a", "../a"), ("/e", "a", "/a"),
  ])
  func `paths beside a file`(file: String, path: String, expected: String) {
    #expect(ConfigurationText.pathBeside(file, path) == expected)
  }

  // MARK: Helpers

  private func source(_ file: String, _ document: String) -> ConfigurationSource {
    ConfigurationSource(file: file, bytes: Array(document.utf8))
  }

  private func refusal(_ path: String) -> [String] {
    do throws(ConfigurationError) {
      _ = try Configuration.load(path)
      return []
    } catch {
      return error.messages
    }
  }
}
