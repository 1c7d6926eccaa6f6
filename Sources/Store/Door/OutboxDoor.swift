import System

/// The core's door: a Unix socket beside the outbox at which other processes ask the core for
/// records, and tell it which of them are sent. They need no access to the file.
package enum OutboxDoor {
  /// The socket's path, beside an outbox that may not be there yet.
  package static func path(beside outbox: String) -> String { outbox + ".sock" }

  /// Opens a way to the records that wait: through the core where one runs and has that file, else
  /// the file itself.
  ///
  /// - Parameter path: of the outbox.
  /// - Throws: `.silent`, `.held`, `.empty`, `.foreign`, `.newer` and `.sqlite`.
  @export(interface)
  package static func drain(_ path: String) throws(OutboxError) -> any OutboxDrain {
    if let drain = try DoorDrain(path) { return drain }
    return try FileDrain(path)
  }
}
