import Testing

@testable import EdgeRuntime

/// Goal: no offset, table or vector is used before it is checked.
/// Method: a table with one UInt32, a vector and a table. Each of its numbers is broken in turn.
@Suite struct FlatBufferTests {
  private static let identifier: UInt32 = 0x2121_2121  // "!!!!"
  private static let sound = FlatWriter.file(
    identifier: "!!!!",
    root: .table([0: .uint32(7), 1: .int32s([1, 2, 3]), 2: .table([:])]))

  /// Changes `bytes`, reads field by field, and gives the first fault.
  private func fault(_ change: (inout [UInt8]) -> Void) -> ModelError? {
    var bytes = Self.sound
    change(&bytes)
    return bytes.withUnsafeBytes { raw in
      do throws(ModelError) {
        let root = try FlatBuffer(raw).root(identifier: Self.identifier)
        let scalar: UInt32 = try root.integer(0)
        let vector = try root.vector(1, of: Int32.self)
        #expect(scalar == 7 && vector?.count == 3 && vector?[2] == 3)
        let table = try root.table(2)
        #expect(table != nil)
        #expect(try root.table(3) == nil)
        return nil
      } catch {
        return error
      }
    }
  }

  private func set(_ value: UInt16, _ place: Int) -> (inout [UInt8]) -> Void {
    { $0.replaceSubrange(place..<(place + 2), with: Flat.littleEndian(value)) }
  }

  // Layout: root offset 0, identifier 4, vtable 8 … 18, table 24: vtable distance, scalar 28,
  // vector offset 32, table offset 36; vector 40: count, elements; vtable 56, table 64.
  @Test func `reads what is sound`() {
    #expect(Self.sound.count == 68)
    #expect(fault { _ in } == nil)
  }

  @Test func `names each broken number`() {
    #expect(fault(set(0, 0)) == .offsetOutOfBounds(at: 0, target: 0))
    #expect(fault(set(68, 0)) == .offsetOutOfBounds(at: 0, target: 68))
    #expect(fault(set(22, 0)) == .misaligned(at: 22))
    #expect(fault(set(0x2122, 4)) == .identifierWrong(found: 0x2121_2122))
    #expect(fault(set(25, 24)) == .offsetOutOfBounds(at: -1, target: -1))
    #expect(fault(set(15, 24)) == .misaligned(at: 9))
    #expect(fault(set(3, 8)) == .tableInvalid(at: 24))
    #expect(fault(set(62, 8)) == .tableInvalid(at: 24))
    #expect(fault(set(45, 10)) == .tableInvalid(at: 24))
    #expect(fault(set(13, 12)) == .fieldOutOfBounds(table: 24, field: 0))
    #expect(fault(set(2, 12)) == .fieldOutOfBounds(table: 24, field: 0))
    #expect(fault(set(6, 12)) == .misaligned(at: 30))
    #expect(fault(set(7, 40)) == .vectorOutOfBounds(at: 40, count: 7))
    #expect(fault(set(10, 32)) == .misaligned(at: 42))
    #expect(fault(set(36, 32)) == .offsetOutOfBounds(at: 32, target: 68))
  }

  @Test func `nests 16 tables and no more`() {
    func nest(_ depth: Int) -> ModelError? {
      var flat = Flat.table([:])
      for _ in 1..<depth { flat = .table([0: flat]) }
      let bytes = FlatWriter.file(identifier: "!!!!", root: flat)
      return bytes.withUnsafeBytes { raw in
        do throws(ModelError) {
          var table = try FlatBuffer(raw).root(identifier: Self.identifier)
          while let next = try table.table(0) { table = next }
          return nil
        } catch {
          return error
        }
      }
    }
    #expect(nest(RuntimeLimits.depthMax) == nil)
    if case .nestedTooDeep = nest(RuntimeLimits.depthMax + 1) { return }
    Issue.record("17 tables were read")
  }
}
