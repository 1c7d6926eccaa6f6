import Config
import System
import Trust

/// What the parts of the sync process share: the settings, the remembered state, the budget, the
/// time.
package final class SyncContext {
  let configuration: Configuration
  let settings: SyncSettings
  package var state: SyncState
  var budget: RequestBudget
  let meter = TrafficMeter()
  /// When it becomes readable, the exchange under way ends.
  let cancelDescriptor: Int32
  private(set) var trusted: TrustedTime
  /// The bytes of the meter that the budget has counted.
  private var meteredBefore: Int64 = 0
  /// The last complaint about each subject. With these, the log tells only once of a server that is
  /// away for a month.
  private var complaints: [String: String] = [:]

  @export(interface)
  package init(_ configuration: Configuration, _ settings: SyncSettings, cancelDescriptor: Int32) {
    (self.configuration, self.settings) = (configuration, settings)
    self.cancelDescriptor = cancelDescriptor
    let folder = configuration.syncState
    state = SyncState(
      path: folder + "/sync.json", uplink: settings.uplink?.text ?? "",
      registry: settings.registry?.text ?? "")
    trusted = TrustedTime(path: configuration.trustedTimePath)
    budget = RequestBudget(settings.budget)
    budget.restore(state.budget)
  }

  /// The trusted time, in seconds since 1970 UTC. Keys expire and days begin by it.
  var now: Int64 { trusted.now() }

  /// Spends an attempt of the day's budget, and gives the meter the bytes that are left of the day.
  ///
  /// - Returns: false when nothing is left today; then this spends nothing.
  @export(interface)
  func beginAttempt() -> Bool {
    // Another attempt may be under way. Its bytes count first.
    spendMetered()
    guard budget.allows(now: now) else { return false }
    budget.spendAttempt(now: now)
    meter.bytesLeft = budget.bytesLeft(now: now)
    return true
  }

  private func spendMetered() {
    budget.spend(bytes: meter.bytes - meteredBefore)
    meteredBefore = meter.bytes
  }

  /// Counts the bytes of the attempt, and puts the budget into the state.
  func endAttempt() {
    spendMetered()
    // A budget without a limit need not be kept.
    state.budget = budget.limits == BudgetSettings() ? "" : budget.text
  }

  /// Logs lines about a subject, unless they are the same as the last lines about it. Without lines
  /// this logs nothing, and the next complaint about the subject is a new one.
  func complain(of subject: String, _ lines: [String]) {
    let text = lines.joined(separator: "\n")
    guard complaints[subject] != text else { return }
    complaints[subject] = text
    for line in lines { Log.write(.warning, "\(subject): \(line)") }
  }

  /// Makes a client for one server, with the secrets that their files hold now.
  ///
  /// - Throws: `.credential`, `.file` and `.headers`.
  @export(interface)
  func client(
    _ server: ServerSettings, interlude: (any Interlude)? = nil
  ) throws(SyncError) -> HTTPClient {
    let network = settings.network
    var http = HTTPSettings()
    http.tls = TLSSettings(
      authorities: network.authorities, certificate: try path(network.certificate),
      key: try path(network.key), pin: server.pin,
      floorSeconds: trusted.seconds(for: server.url.host))
    http.witness = server.url.host
    http.proxy = network.proxy
    if let file = network.proxyPassword {
      http.proxyAuthorization = try secret(file) { bytes throws(HeaderFileFault) in
        try HeaderFile.basic(bytes)
      }
    }
    if let file = server.headers {
      http.secrets = try secret(file) { bytes throws(HeaderFileFault) in
        try HeaderFile.fields(bytes)
      }
    }
    http.meter = meter
    http.cancelDescriptor = cancelDescriptor
    http.interlude = interlude
    return HTTPClient(http)
  }

  /// Closes the connection, and takes the server's word about the time.
  @export(interface)
  func finish(_ client: HTTPClient) {
    client.close()
    guard let witness = client.witness else { return }
    let outcome: TrustedTime.Outcome
    do throws(Files.Failure) {
      guard let proven = client.proven else {
        // Perhaps the server's own word about the time makes its certificate seem expired.
        if client.hasFoundExpired { try trusted.forget(witness) }
        return
      }
      let passed = (Clock.boot() - proven.at) / 1_000_000_000
      outcome = try trusted.tell(proven.seconds + passed, by: witness)
    } catch {
      Log.write(.warning, "\(trusted.path): the time of a server cannot be kept: \(error.text)")
      return
    }
    complain(of: "time", TimeMessages.lines(outcome, of: witness, trusted))
  }

  private func path(_ file: SecretFile?) throws(SyncError) -> String? {
    guard let file else { return nil }
    if let path = file.path { return path }
    guard case .credential(let name) = file else { return nil }
    throw .credential(name)
  }

  private func secret<Value>(
    _ file: SecretFile, _ parse: ([UInt8]) throws(HeaderFileFault) -> Value
  ) throws(SyncError) -> Value {
    let path = try path(file)!
    let bytes: [UInt8]
    do throws(Files.Failure) {
      bytes = try Files.read(path, bytesMax: HTTPLimits.headerFileBytesMax)
    } catch {
      throw .file(path: path, error)
    }
    do throws(HeaderFileFault) {
      return try parse(bytes)
    } catch {
      throw .headers(path: path, error)
    }
  }
}
