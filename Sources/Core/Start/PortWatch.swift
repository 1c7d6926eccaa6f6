import CPlatform
import System

/// Tells when a port's file comes to be, so that a device that is plugged in again is opened at
/// once and not with the next try.
///
/// It watches the folder of each port, or the nearest one above it that is there: udev takes
/// `/dev/serial/by-id` away with its last device. Where nothing can be watched, the tries by time
/// remain.
final class PortWatch {
  private struct Place {
    let path: String
    /// Nil where nothing is watched.
    var folder: Int32? = nil
    /// What has to appear there: the port's own name, or the folder that is missing.
    var name = ""
  }

  private let events = FolderEvents()
  private var places: [Place?]

  /// - Parameter paths: of each wire; nil where it has no file of another's making.
  init(_ paths: [String?]) {
    places = paths.map { $0.map { Place(path: $0) } }
    for place in places.indices { watch(place) }
  }

  /// Readable when something came to be; -1 where Linux does not tell.
  var descriptor: Int32 { events.descriptor }

  /// Watches a port's folder. Call it before a try to open the port, so that nothing is missed
  /// between the two.
  func watch(_ place: Int) {
    guard let path = places[place]?.path else { return }
    var (folder, name) = (Files.folder(of: path), Files.name(of: path))
    while true {
      if let number = events.watch(folder, [.appeared, .attributes]) {
        (places[place]!.folder, places[place]!.name) = (number, name)
        return
      }
      guard folder != "/", folder != "." else { return places[place]!.folder = nil }
      (folder, name) = (Files.folder(of: folder), Files.name(of: folder))
    }
  }

  /// - Returns: the wires whose port, or the way to it, came to be, went, or has other rights now.
  func take() -> Set<Int> {
    var (found, lost) = (Set<Int>(), Set<Int>())
    _ = events.take { folder, kinds, name in
      for index in places.indices {
        guard let place = places[index] else { continue }
        let isNamed = place.folder == folder && name.elementsEqual(place.name.utf8)
        if isNamed || kinds.contains(.overflow) { found.insert(index) }
        if kinds.contains(.ignored) && place.folder == folder { lost.insert(index) }
      }
    }
    for place in lost { watch(place) }
    // Between its end and the watch that begins now it may have come back.
    return found.union(lost)
  }
}
