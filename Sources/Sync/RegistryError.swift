import System

/// Why a folder gave no model.
package enum RegistryError: Error, Equatable {
  case folder(path: String, Files.Failure)
  case empty(folder: String)
  case notThere(path: String, available: [String])
  /// A folder has no names for versions.
  case aliasInFolder(folder: String, alias: String)
}
