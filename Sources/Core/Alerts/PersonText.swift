/// A person's name as a text, for the threads that may make one.
extension PersonName {
  var text: String { withBytes { String(decoding: $0, as: UTF8.self) } }
}
