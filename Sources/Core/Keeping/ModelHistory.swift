import CPlatform
import Models

/// Every version that has scored for each pipeline since the start, so that a record names the
/// version that it came from, however late it is written. The adopter adds versions, the outbox
/// thread reads them, and the hot thread only counts.
final class ModelHistory: @unchecked Sendable {
  struct Model: Sendable {
    /// `name/version`
    let name: String
    let labels: [String]
  }

  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private var models: [(pipeline: Int, versions: [Model])]

  /// - Parameters:
  ///   - first: each running pipeline's index and the model that it begins with.
  ///   - waiting: pipelines that wait for their first model.
  init(_ first: [(pipeline: Int, model: Model)], waiting: [Int] = []) {
    mutex = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    models = first.map { ($0.pipeline, [$0.model]) } + waiting.map { ($0, []) }
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// To be called before the hot thread can count it.
  func add(_ model: Model, to pipeline: Int) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    guard let place = models.firstIndex(where: { $0.pipeline == pipeline }) else { return }
    models[place].versions.append(model)
  }

  /// Whether the pipeline has scored with a model, or may any moment.
  func hasModel(of pipeline: Int) -> Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return models.contains { $0.pipeline == pipeline && !$0.versions.isEmpty }
  }

  func model(of pipeline: Int, version: Int) -> Model {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    let versions = models.first { $0.pipeline == pipeline }!.versions
    return versions[version]
  }
}

extension ModelHistory.Model {
  init(_ bundle: ModelBundle) {
    name = "\(bundle.manifest.name)/\(bundle.manifest.version)"
    labels = bundle.manifest.labels
  }
}
