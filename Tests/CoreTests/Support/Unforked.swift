import TestSupport

@testable import Core

/// The value of `open`, tried again while the folder is locked: a child that another test forks at
/// this moment holds every lock of this process until it is another program.
func unforked<Value>(_ open: @autoclosure () throws -> Value) throws -> Value {
  var value: Value?
  var fault: (any Error)?
  _ = eventually {
    do {
      value = try open()
      return true
    } catch {
      fault = error
      if case .busy? = error as? AlertStateError { return false }
      return true
    }
  }
  guard let value else { throw fault! }
  return value
}
