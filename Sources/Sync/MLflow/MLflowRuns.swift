import Text

/// Experiments and runs, which take a board's results.
extension MLflowClient {
  struct Run: Equatable {
    let id: String
    let artifactURI: String
    /// The newest value of each metric.
    var newest: [NewestMetric] = []
  }

  /// Finds the experiment of that name, or makes it.
  ///
  /// - Returns: the id of the experiment.
  /// - Throws: `.experimentDeleted`, and what `Server.askJSON` throws.
  @export(interface)
  func experiment(_ name: String) throws(SyncError) -> String {
    if let id = try existingExperiment(name) { return id }
    do throws(SyncError) {
      let answer = try post("/experiments/create", isRepeatable: false) {
        $0.member("name", name)
      }
      guard let id = answer["experiment_id"]?.string else { throw missing("an experiment_id") }
      return id
    } catch .status(let failure) where failure.status == 400 {
      // Another board has made it meanwhile.
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

  /// The oldest run that has the tag and is not deleted; nil for none.
  @export(interface)
  func run(in experiment: String, tag: String, value: String) throws(SyncError) -> Run? {
    let answer = try post("/runs/search") { writer in
      writer.member("experiment_ids", [experiment])
      writer.member("filter", "tags.`\(tag)` = '\(value)'")
      writer.member("order_by", ["attributes.start_time ASC"])
      writer.member("run_view_type", "ACTIVE_ONLY")
      writer.member("max_results", 1 as Int)
    }
    guard answer.members != nil else { throw missing("runs") }
    guard let first = answer["runs"]?[0] else { return nil }
    guard let run = Self.run(first) else { throw missing("a run") }
    return run
  }

  /// - Parameter start: milliseconds since 1970.
  @export(interface)
  func makeRun(
    _ name: String, in experiment: String, tag: String, value: String, start: Int64
  ) throws(SyncError) -> Run {
    let answer = try post("/runs/create", isRepeatable: false) { writer in
      writer.member("experiment_id", experiment)
      writer.member("run_name", name)
      writer.member("start_time", max(start, 0))
      writer.array("tags") { writer in
        writer.object { writer in
          writer.member("key", tag)
          writer.member("value", value)
        }
      }
    }
    guard let run = answer["run"].flatMap(Self.run) else { throw missing("a run") }
    return run
  }

  /// Sends metrics. MLflow keeps the same metric once, because it knows a metric by its name, step,
  /// time and value. A request without metrics only shows whether the run takes metrics.
  ///
  /// - Parameter metrics: the elements of a JSON array; "" for none.
  func log(_ metrics: String, to run: Run) throws(SyncError) {
    _ = try post("/runs/log-batch") { writer in
      writer.member("run_id", run.id)
      writer.member("metrics", json: "[\(metrics)]")
    }
  }

  private static func run(_ value: JSONValue) -> Run? {
    guard let info = value["info"], let id = info["run_id"]?.string,
      let uri = info["artifact_uri"]?.string
    else { return nil }
    let metrics = value["data"]?["metrics"]?.array ?? []
    return Run(id: id, artifactURI: uri, newest: metrics.compactMap { NewestMetric($0) })
  }
}
