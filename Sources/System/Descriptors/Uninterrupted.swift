import CPlatform

/// Repeats a call for as long as signals interrupt it (EINTR).
///
/// - Returns: the call's result; negative means that errno says why.
@inline(__always)
package func uninterrupted<Result: SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result >= 0 || cp_errno() != EINTR { return result }
  }
}
