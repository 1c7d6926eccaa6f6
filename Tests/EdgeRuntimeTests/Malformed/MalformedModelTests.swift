import Testing

/// Goal: every known class of malformed model, TensorFlow Lite's own CVEs among them, is refused by
/// an error that says what is wrong and where.
/// Method: one file for each class. Each case is a model that loads, with one change.
@Suite struct MalformedModelTests {
  @Test(arguments: MalformedModel.all)
  func `is refused, and was sound before the change`(model: MalformedModel) {
    let fault = model.changed.fault
    #expect(model.accepts(fault), "\(String(describing: fault))")
    let soundFault = model.sound.fault
    #expect(soundFault == nil || !model.isBuiltIn, "\(String(describing: soundFault))")
  }

  @Test func `names are unique`() {
    #expect(Set(MalformedModel.all.map { $0.name }).count == MalformedModel.all.count)
  }
}
