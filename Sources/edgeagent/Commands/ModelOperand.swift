import EdgeRuntime
import Models
import System

/// The MODEL of a command line: a `.tflite` file, or a bundle's folder.
enum ModelOperand {
  static func load(_ path: String) throws(Failure) -> Model {
    do throws(BundleError) {
      return try ModelBundle.loadModel(file(path))
    } catch {
      throw Failure(exitCode: 1, lines: error.lines)
    }
  }

  static func interpreter(_ model: Model, path: String) throws(Failure) -> Interpreter {
    do throws(ModelError) {
      return try Interpreter(model)
    } catch {
      throw Failure(exitCode: 1, lines: BundleError.model(path: file(path), error).lines)
    }
  }

  /// A bundle with its manifest, after every check.
  static func bundle(_ path: String) throws(Failure) -> ModelBundle {
    do throws(BundleError) {
      return try ModelBundle(folder: path)
    } catch {
      throw Failure(exitCode: 1, lines: error.lines)
    }
  }

  static func file(_ path: String) -> String {
    Files.kind(path) == .folder ? path + "/model.tflite" : path
  }
}
