import Text

/// Experiments and runs: where a board's results go.
extension MLflowClient {
  struct Run: Equatable {
    let id: String
    let artifactURI: String
  }

  /// The experiment of that name, made where there is none.
  ///
  /// - Returns: its id.
  func experiment(_ name: String) throws(SyncError) -> String {
    if let id = try existingExperiment(name) { return id }
    do throws(SyncError) {
      let answer = try post(
        "/experiments/create", .object([JSONMember("name", .string(name))]), isRepeatable: false)
      guard let id = answer["experiment_id"]?.string else { throw missing("an experiment_id") }
      return id
    } catch .status(let failure) where failure.status == 400 {
      // Another board was faster.
      guard let id = try existingExperiment(name) else { throw .status(failure) }
      return id
    }
  }

  private func existingExperiment(_ name: String) throws(SyncError) -> String? {
    let answer: JSONValue
    do throws(SyncError) {
      answer = try get("/experiments/get-by-name", [("experiment_name", name)])
    } catch .status(let failure) where failure.status == 404 {
      return nil
    }
    guard let id = answer["experiment"]?["experiment_id"]?.string else {
      throw missing("an experiment_id")
    }
    if answer["experiment"]?["lifecycle_stage"]?.string == "deleted" {
      throw .mlflow(place: place, .experimentDeleted(name: name))
    }
    return id
  }

  /// The oldest run that is not deleted and has the tag.
  func run(in experiment: String, tag: String, value: String) throws(SyncError) -> Run? {
    let answer = try post(
      "/runs/search",
      .object([
        JSONMember("experiment_ids", .array([.string(experiment)])),
        JSONMember("filter", .string("tags.`\(tag)` = '\(value)'")),
        JSONMember("order_by", .array([.string("attributes.start_time ASC")])),
        JSONMember("run_view_type", .string("ACTIVE_ONLY")),
        JSONMember("max_results", .integer(1)),
      ]))
    guard answer.members != nil else { throw missing("runs") }
    guard let first = answer["runs"]?[0] else { return nil }
    guard let run = Self.run(first) else { throw missing("a run") }
    return run
  }

  /// - Parameter start: milliseconds since 1970.
  func makeRun(
    _ name: String, in experiment: String, tag: String, value: String, start: Int64
  ) throws(SyncError) -> Run {
    let answer = try post(
      "/runs/create",
      .object([
        JSONMember("experiment_id", .string(experiment)),
        JSONMember("run_name", .string(name)),
        JSONMember("start_time", .integer(max(start, 0))),
        JSONMember(
          "tags",
          .array([
            .object([JSONMember("key", .string(tag)), JSONMember("value", .string(value))])
          ])),
      ]), isRepeatable: false)
    guard let run = answer["run"].flatMap(Self.run) else { throw missing("a run") }
    return run
  }

  /// Twice the same is once for MLflow: it keeps a value by name, step, time and value. Without
  /// metrics it only shows whether the run takes some.
  ///
  /// - Parameter metrics: the elements of a JSON array.
  func log(_ metrics: [UInt8], to run: Run) throws(SyncError) {
    var body = Array("{\"run_id\":\(JSONText.quoted(run.id)),\"metrics\":[".utf8)
    body += metrics
    body += Array("]}".utf8)
    _ = try post("/runs/log-batch", bytes: body, isRepeatable: true)
  }

  private static func run(_ value: JSONValue) -> Run? {
    guard let info = value["info"], let id = info["run_id"]?.string,
      let uri = info["artifact_uri"]?.string
    else { return nil }
    return Run(id: id, artifactURI: uri)
  }
}
