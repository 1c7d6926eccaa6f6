import System

/// Where models come from, as a user writes it.
enum RegistryAddress: Equatable {
  /// `dir:/media/usb`
  case folder(String)
  /// `mlflow:https://mlflow.example.org/prefix`
  case mlflow(URL)

  init(_ text: String) throws(RegistryError) {
    let (scheme, rest) = ConfigurationText.split(text, at: ":")
    guard let rest, !rest.isEmpty else { throw .address(text) }
    if scheme.utf8.elementsEqual("dir".utf8) {
      self = .folder(rest)
    } else if scheme.utf8.elementsEqual("mlflow".utf8) {
      do throws(URLFault) {
        self = .mlflow(try URL(rest))
      } catch {
        throw .url(rest, error)
      }
    } else {
      throw .address(text)
    }
  }
}

/// Why a registry gave no model.
enum RegistryError: Error, Equatable {
  case address(String)
  case url(String, URLFault)
  case folder(path: String, Files.Failure)
  case empty(folder: String)
  case notThere(path: String, available: [String])
  /// A folder has no names for versions.
  case aliasInFolder(folder: String, alias: String)
}
