/// Logic with a third value, unknown: one false makes `all` false and one true makes `any` true,
/// whatever the unknown ones are (Kleene).
enum Kleene {
  static func not(_ a: Bool?) -> Bool? { a.map { !$0 } }

  static func and(_ a: Bool?, _ b: Bool?) -> Bool? {
    if a == false || b == false { return false }
    return a == nil || b == nil ? nil : true
  }

  static func or(_ a: Bool?, _ b: Bool?) -> Bool? {
    if a == true || b == true { return true }
    return a == nil || b == nil ? nil : false
  }
}
