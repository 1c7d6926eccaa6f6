import Config
import Text

/// Takes the answer about a model version as it comes, and keeps the few members that a board
/// needs.
///
/// Each board of a fleet writes a tag of the version, so the answer grows with the fleet: with
/// 10,000 boards it has more than a megabyte. What this keeps does not grow.
final class MLflowVersionReader: AnswerReader {
  /// The longest text of a member or tag: the digests of 16 files take 2,000 bytes, a report 1,000.
  static let textBytesMax = 8 << 10

  /// The tags that this keeps.
  private static let kept = [
    MLflowModelVersion.versionTag, MLflowModelVersion.digestsTag, MLflowModelVersion.trialTag,
  ]

  /// Where in the document an event is.
  private enum Part {
    case member(String)
    case element(Int)
  }

  private var stream = JSONStream(scalarBytesMax: textBytesMax)
  private var path: [Part] = []
  private var name: String?
  private var number: String?
  private var status: String?
  /// The values of the tags of `kept`. A text that is too long is "", which no tag of use is.
  private var tags = [String?](repeating: nil, count: kept.count)
  private var seen = [Bool](repeating: false, count: kept.count)
  private var tag: (key: String?, value: String?) = (nil, nil)
  private(set) var hasObject = false
  private(set) var hasVersion = false

  init() { path.reserveCapacity(JSONStream.depthMax) }

  @export(interface)
  func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    do throws(JSONStreamFault) {
      try stream.push(bytes) { took($0) }
      return true
    } catch {
      return false
    }
  }

  var isWhole: Bool { stream.isDone }

  /// The version, or the first of several; nil when its name or its number is missing.
  var version: MLflowModelVersion? {
    guard isWhole, let name, let number else { return nil }
    return MLflowModelVersion(
      name: name, number: number, status: status, bundleVersion: tags[0], digestsText: tags[1],
      trialText: tags[2])
  }

  private func took(_ event: JSONStream.Event) {
    switch event {
    case .objectStart:
      if path.isEmpty { hasObject = true }
      if let place, place.isEmpty { hasVersion = true }
      if isTag { tag = (nil, nil) }
      path.append(.member(""))
    case .arrayStart: path.append(.element(0))
    case .objectEnd:
      path.removeLast()
      if isTag { endTag() }
      endValue()
    case .arrayEnd:
      path.removeLast()
      endValue()
    case .key(let key): path[path.count - 1] = .member(key ?? "")
    case .string(let text):
      keep(text)
      endValue()
    case .other: endValue()
    }
  }

  /// The place in the version; nil outside of it.
  private var place: ArraySlice<Part>? {
    guard case .member(let first)? = path.first else { return nil }
    if first == "model_version" { return path[1...] }
    guard first == "model_versions", path.count > 1, case .element(0) = path[1] else { return nil }
    return path[2...]
  }

  private var isTag: Bool {
    guard let place, place.count == 2, case .member("tags") = place.first!,
      case .element = place.last!
    else { return false }
    return true
  }

  private func keep(_ text: String?) {
    guard let place, case .member(let member)? = place.last else { return }
    switch (place.count, member) {
    case (1, "name") where name == nil: name = text
    case (1, "version") where number == nil: number = text
    case (1, "status") where status == nil: status = text
    case (3, "key"), (3, "value"):
      guard case .member("tags") = place[place.startIndex],
        case .element = place[place.startIndex + 1]
      else { return }
      if member == "key" {
        if tag.key == nil { tag.key = text ?? "" }
      } else if tag.value == nil {
        tag.value = text ?? ""
      }
    default: return
    }
  }

  private func endTag() {
    guard let key = tag.key,
      let place = Self.kept.firstIndex(where: { $0.utf8.elementsEqual(key.utf8) }),
      !seen[place]
    else { return }
    (tags[place], seen[place]) = (tag.value, true)
  }

  private func endValue() {
    guard case .element(let index)? = path.last else { return }
    path[path.count - 1] = .element(index + 1)
  }
}
