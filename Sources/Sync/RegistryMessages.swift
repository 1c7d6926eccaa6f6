import Models
import System
import Text

extension RegistryVersion {
  /// For a person who has to know that the word means nothing; nil where there is no such word.
  package var trialComplaint: String? {
    guard case .unknown(let text) = trial else { return nil }
    let word = SyncState.Version.line(String(text.prefix(64)))
    return "\(reference.text): the registry says \"\(word)\" of its trial; only "
      + "\"\(TrialWord.withoutText)\" has a meaning, so the configuration decides"
  }
}

extension RegistryError {
  var message: String {
    switch self {
    case .folder(let path, let failure):
      "\(path): \(failure.text); is the stick plugged in and mounted?"
    case .empty(let folder): "\(folder): no models there; it must hold NAME/VERSION/model.tflite"
    case .notThere(let path, let available):
      "\(path): no such model; there are \(available.quotedList)"
    case .aliasInFolder(let folder, let alias):
      "\(folder): a folder has no alias \(alias); leave it out, which means the newest version"
    }
  }
}
