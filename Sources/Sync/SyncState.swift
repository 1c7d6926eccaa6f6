import Config
import Models
import System
import Text

private let second: Int64 = 1_000_000_000

/// What sync remembers between two starts: `<state>/sync.json`, a few kilobytes. Sync replaces the
/// file as a whole. Without the file, or with a damaged one, sync begins anew and asks the servers.
package struct SyncState: Equatable {
  /// What sync remembers of one server.
  package struct Lane: Equatable {
    /// The address in the configuration, without secrets. Another address is another server.
    package let address: String
    /// The server answered 410. Sync does not ask it again.
    package var isStopped = false
    /// The id of the boot to which `blockedUntil` belongs.
    var boot = ""
    /// The end of the last Retry-After, as CLOCK_BOOTTIME in nanoseconds.
    var blockedUntil: Int64 = 0
    /// Seconds since 1970 of the last round that went well; nil for none.
    package var doneAt: Int64?
    /// Why the last round did not go well; "" when it did.
    package var fault = ""
    /// Since when the rounds do not go well: CLOCK_BOOTTIME of that boot; "" while they do.
    var unwellBoot = ""
    var unwellAt: Int64 = 0
    /// When the next round comes: CLOCK_BOOTTIME of that boot, as far as it was kept.
    var nextBoot = ""
    var nextAt: Int64 = 0
  }

  /// How the schedule of a server stands, for `--status`.
  package struct Outlook: Equatable {
    /// Seconds for which the server has been in trouble, at least; nil while it is well.
    package let unwellSeconds: Int64?
    /// Seconds until the next try; nil where sync did not keep the time.
    package let nextSeconds: Int64?

    /// - Parameter now: CLOCK_BOOTTIME of that boot, in nanoseconds.
    package init(_ lane: Lane, boot: String = Clock.bootIdentifier(), now: Int64 = Clock.boot()) {
      let isOfThisBoot = !boot.isEmpty && lane.unwellBoot.utf8.elementsEqual(boot.utf8)
      let isUnwell = lane.isStopped || !lane.fault.isEmpty
      unwellSeconds = isUnwell ? max(0, now &- (isOfThisBoot ? lane.unwellAt : 0)) / second : nil
      let isNextKnown = !boot.isEmpty && lane.nextBoot.utf8.elementsEqual(boot.utf8)
      let next = lane.nextAt &- now
      nextSeconds = isNextKnown && next > 0 ? (next - 1) / second + 1 : nil
    }

    /// No server is in trouble for longer than the time between two looks at it without a person
    /// being told.
    package func isBeyond(intervalNanoseconds: Int64) -> Bool {
      unwellSeconds.map { $0 > intervalNanoseconds / second } ?? false
    }

    /// The longest time until the next try.
    package func nextSecondsMax(intervalNanoseconds: Int64) -> Int64 {
      let interval = max(1, intervalNanoseconds / second)
      return unwellSeconds == nil ? interval : min(interval, SyncLimits.retryCapMilliseconds / 1000)
    }
  }

  /// What this board did with one version of one model.
  package struct Version: Equatable {
    package let name: String
    package let version: String
    let revision: String
    /// The version is refused for good. Sync does not fetch it again.
    var isRefused = false
    /// A digest of what the refusal depends on beside the bundle.
    var trust = ""
    /// Nil until the first round.
    var standing: VersionStanding?
    /// The words that sync told the registry last.
    var reported = ""

    var isActive: Bool { standing?.isActive ?? false }
    var isOnTrial: Bool {
      if case .onTrial = standing { true } else { false }
    }
    /// The standing in the words that sync reports; "" for none.
    package var state: String { standing.map { Self.line($0.words) } ?? "" }
    /// Whether the registry does not know the standing yet.
    package var isUntold: Bool { state != reported && !state.isEmpty }

    /// Makes one line of any text, even of words from a server or a bundle. The line is no longer
    /// than a registry takes.
    static func line(_ text: String) -> String {
      let text = SecretText.line(text)
      var bytes = text.utf8.prefix(SyncLimits.stateLineBytesMax).map {
        $0 < 0x20 || $0 == 0x7F ? UInt8(ascii: " ") : $0
      }
      // The cut must not be in the middle of a character.
      if text.utf8.count > bytes.count {
        while let last = bytes.last, last >= 0x80 {
          bytes.removeLast()
          if last >= 0xC0 { break }
        }
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  private let path: String
  /// The text that the file has.
  private var saved: String
  package var uplink: Lane
  package var registry: Lane
  package var versions: [Version] = []
  /// `RequestBudget.text`; "" for none.
  var budget = ""
  package var recordings = RecordingsState()
  package var upload = UploadMemory()

  /// - Parameters:
  ///   - path: the path of the file.
  ///   - uplink, registry: the addresses in the configuration; "" for none.
  init(path: String, uplink: String, registry: String) {
    self.path = path
    self.uplink = Lane(address: uplink)
    self.registry = Lane(address: registry)
    saved = ""
    guard let bytes = try? Files.read(path, bytesMax: SyncLimits.stateBytesMax),
      let value = bytes.withUnsafeBytes({ try? JSONValue.parse($0) })
    else { return }
    budget = value["budget"]?.string ?? ""
    recordings = RecordingsState(value["recordings"])
    if let lane = Lane(value["uplink"]), lane.address == uplink {
      self.uplink = lane
      // What another server refused says nothing of this one.
      upload = UploadMemory(value["upload"])
    } else {
      // Another server has asked for nothing yet.
      recordings.heldUntil = 0
    }
    if let lane = Lane(value["registry"]), lane.address == registry {
      self.registry = lane
      // Revisions of another registry would mean nothing here.
      versions = (value["versions"]?.array ?? []).compactMap { Version($0) }
    }
    // Not `text`: an older agent may have kept what this one hides, and that is then written anew.
    saved = String(decoding: bytes, as: UTF8.self)
  }

  /// Writes the file if its text has changed. When the text is longer than the next start reads,
  /// this forgets the oldest versions.
  @export(interface)
  mutating func save() throws(SyncError) {
    var text = text
    while text.utf8.count > SyncLimits.stateBytesMax, !versions.isEmpty {
      // This removes all versions that are too many before it writes the whole text again. To write
      // the text after each of them would take seconds.
      var excess = text.utf8.count - SyncLimits.stateBytesMax
      while excess > 0, let oldest = versions.first {
        excess -= JSONWriter.text { oldest.put(into: &$0) }.utf8.count + 1
        versions.removeFirst()
      }
      text = self.text
    }
    guard text != saved else { return }
    do throws(Files.Failure) {
      try Files.replace(path, with: Array(text.utf8))
    } catch {
      throw .file(path: path, error)
    }
    saved = text
  }

  // MARK: versions

  func index(of name: String, _ revision: String) -> Int? {
    versions.firstIndex { $0.name == name && $0.revision == revision }
  }

  /// The place of a version in `versions`. This makes a place for a new version, and forgets the
  /// model's oldest one beyond `SyncLimits.versionsMax`.
  @export(interface)
  mutating func place(of name: String, _ found: RegistryVersion) -> Int {
    if let index = index(of: name, found.revision) { return index }
    let same = versions.indices.filter { versions[$0].name == name }
    if same.count >= SyncLimits.versionsMax { versions.remove(at: same[0]) }
    versions.append(
      Version(name: name, version: found.reference.version, revision: found.revision))
    return versions.count - 1
  }

  /// Forgets the models that the configuration no longer names.
  mutating func forgetVersions(exceptOf names: [String]) {
    versions.removeAll { !names.contains(bytesOf: $0.name) }
  }

  // MARK: JSON

  private var text: String {
    JSONWriter.text { writer in
      writer.object("uplink") { uplink.put(into: &$0) }
      writer.object("registry") { registry.put(into: &$0) }
      writer.member("budget", budget)
      if recordings != RecordingsState() {
        writer.object("recordings") { recordings.put(into: &$0) }
      }
      if !upload.isEmpty { writer.object("upload") { upload.put(into: &$0) } }
      writer.array("versions") { writer in
        for version in versions { writer.object { version.put(into: &$0) } }
      }
    } + "\n"
  }
}

extension SyncState.Lane {
  fileprivate init?(_ value: JSONValue?) {
    guard let value, let address = value["address"]?.string else { return nil }
    self.address = address
    isStopped = value["stopped"]?.bool ?? false
    boot = value["boot"]?.string ?? ""
    blockedUntil = max(0, value["blocked_until"]?.int64 ?? 0)
    // Times after the year 9999 have no text.
    doneAt = value["done_at"]?.int64.flatMap { 0...253_402_300_799 ~= $0 ? $0 : nil }
    fault = SecretText.line(value["fault"]?.string ?? "")
    (unwellBoot, nextBoot) = (value["unwell_boot"]?.string ?? "", value["next_boot"]?.string ?? "")
    unwellAt = max(0, value["unwell_at"]?.int64 ?? 0)
    nextAt = max(0, value["next_at"]?.int64 ?? 0)
  }

  fileprivate func put(into writer: inout JSONWriter) {
    writer.member("address", address)
    writer.member("stopped", isStopped)
    writer.member("boot", boot)
    writer.member("blocked_until", blockedUntil)
    writer.member("done_at", doneAt)
    writer.member("fault", fault)
    if !unwellBoot.isEmpty {
      writer.member("unwell_boot", unwellBoot)
      writer.member("unwell_at", unwellAt)
    }
    if !nextBoot.isEmpty {
      writer.member("next_boot", nextBoot)
      writer.member("next_at", nextAt)
    }
  }
}

extension SyncState.Version {
  fileprivate init?(_ value: JSONValue) {
    guard let name = value["name"]?.string, let version = value["version"]?.string,
      let revision = value["revision"]?.string
    else { return nil }
    self.init(name: name, version: version, revision: revision)
    isRefused = value["refused"]?.bool ?? false
    trust = value["trust"]?.string ?? ""
    // Older agents kept only the words.
    let words = value["state"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    standing = value["standing"].flatMap { VersionStanding($0) } ?? words.map { .told($0) }
    reported = value["reported"]?.string ?? ""
  }

  /// Writes the words too, because an older agent and a person read only them.
  fileprivate func put(into writer: inout JSONWriter) {
    writer.member("name", name)
    writer.member("version", version)
    writer.member("revision", revision)
    writer.member("refused", isRefused)
    writer.member("trust", trust)
    writer.member("state", state)
    if let standing, standing.hasForm {
      writer.object("standing") { standing.put(into: &$0) }
    }
    writer.member("reported", reported)
  }
}
