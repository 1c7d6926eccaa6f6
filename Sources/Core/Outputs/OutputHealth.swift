import Synchronization

/// Whether each output does what it is told. Its threads write it, the hot thread reads it: an
/// output that fails is an alert of its own.
final class OutputHealth: Sendable {
  enum State: UInt8, Equatable, Sendable {
    /// Nothing has been tried.
    case unknown
    case well
    case failing
  }

  private let cells: [Cell]

  private final class Cell: Sendable {
    let state = Atomic<UInt8>(State.unknown.rawValue)
  }

  /// - Parameter count: of the configuration's outputs.
  init(count: Int) { cells = (0..<count).map { _ in Cell() } }

  /// Hot.
  func state(of output: Int) -> State {
    State(rawValue: cells[output].state.load(ordering: .relaxed)) ?? .unknown
  }

  /// Hot.
  func isFailing(_ output: Int) -> Bool { state(of: output) == .failing }

  /// Hot.
  ///
  /// - Returns: true when it was failing before.
  @discardableResult
  func well(_ output: Int) -> Bool {
    let before = cells[output].state.exchange(State.well.rawValue, ordering: .relaxed)
    return before == State.failing.rawValue
  }

  /// Hot.
  func failed(_ output: Int) {
    cells[output].state.store(State.failing.rawValue, ordering: .relaxed)
  }
}
