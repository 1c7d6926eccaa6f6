import System

/// The core's door: a Unix socket in the state folder at which other processes ask the core for
/// records, and tell it which of them are sent. They need no access to the file.
package enum OutboxDoor {
  package static let name = "core.sock"

  package static func path(inState folder: String) -> String { folder + "/" + name }

  /// Opens a way to the records that wait: through the core where one runs and has that file, else
  /// the file itself.
  ///
  /// - Parameters:
  ///   - path: of the outbox.
  ///   - door: of the core's socket.
  /// - Throws: `.silent`, `.held`, `.empty`, `.foreign`, `.newer` and `.sqlite`.
  @export(interface)
  package static func drain(
    _ path: String, door: String
  ) throws(OutboxError) -> any OutboxDrain {
    if let drain = try DoorDrain(path, door: door) { return drain }
    return try FileDrain(path)
  }
}
