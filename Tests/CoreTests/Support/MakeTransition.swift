@testable import Core

extension KeptTransition {
  /// With the state that the event tells of.
  init(_ event: AlertEvent, _ change: (inout AlertMachine.State) -> Void = { _ in }) {
    var state = AlertMachine.State()
    (state.phase, state.flags, state.episode) = (event.phase, event.flags, event.episode)
    (state.repeatCount, state.since) = (event.repeatCount, event.arrival)
    if event.transition == .raised { state.raisedAt = event.arrival }
    change(&state)
    self.init(event: event, state: state)
  }
}
