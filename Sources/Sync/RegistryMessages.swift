import System
import Text

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
