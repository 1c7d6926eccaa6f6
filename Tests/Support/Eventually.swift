import CPlatform

@testable import System

/// Polls until the condition holds; false after ten seconds.
package func eventually(_ condition: () -> Bool) -> Bool {
  let limit = Clock.boot() + 10_000_000_000
  while !condition() {
    guard Clock.boot() < limit else { return false }
    usleep(1000)
  }
  return true
}
