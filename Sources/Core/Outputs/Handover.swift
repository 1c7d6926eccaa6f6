import System

/// One device between the keeper's thread, which opens and closes it, and the hot thread, which
/// uses it. It is in one hand at a time: the keeper opens it anew only after it came back. So the
/// hot thread never has one where another comes.
final class Handover<Device: Sendable>: @unchecked Sendable {
  private let opened = Ring<Device>(capacity: 2)
  private let returned = Ring<Device>(capacity: 2)

  // MARK: the keeper's side

  func give(_ device: Device) { _ = opened.put(device) }
  func takeBack() -> Device? { returned.take() }

  // MARK: the hot thread's side

  /// Hot.
  func adopt() -> Device? { opened.take() }

  /// Hot: the device failed, or is not needed any more. The keeper closes it, because closing may
  /// wait, and opens it again.
  func giveBack(_ device: Device) { _ = returned.put(device) }
}
