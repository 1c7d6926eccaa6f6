import Testing

@testable import SensorIO

/// Goal: what the Linux kernel says of an element's form is taken as it is meant, and nothing else
/// is taken.
/// Method: types by hand, and all forms of numbers in them.
@Suite struct ScanTypeTests {
  @Test func `the types that drivers have`() {
    #expect(
      ScanType("le:s16/16>>0")
        == ScanType(isBigEndian: false, number: .signed, bits: 16, storageBytes: 2))
    #expect(
      ScanType("be:u12/16>>4")
        == ScanType(isBigEndian: true, number: .unsigned, bits: 12, storageBytes: 2, shift: 4))
    #expect(
      ScanType("le:s64/64>>0")
        == ScanType(isBigEndian: false, number: .signed, bits: 64, storageBytes: 8))
    #expect(
      ScanType("le:s32/32X4>>0")
        == ScanType(isBigEndian: false, number: .signed, bits: 32, storageBytes: 4, repeats: 4))
    #expect(
      ScanType("le:f32/32>>0")
        == ScanType(isBigEndian: false, number: .float, bits: 32, storageBytes: 4))
    // Some kernels leave out a shift of 0.
    #expect(ScanType("le:u8/8")?.shift == 0)
  }

  @Test(arguments: [
    "", "le", "le:", "le:s", "s16/16>>0", "me:s16/16>>0", "le:x16/16>>0", "le:s/16>>0",
    "le:s16/>>0", "le:s16/16>>", "le:s16/16>>0 ", " le:s16/16>>0", "le:s16/16X>>0",
    "le:s16/16>>0X2", "LE:s16/16>>0", "le:s-1/16>>0", "le:s16/16>>-1", "le:s0/16>>0",
    // Beyond the storage, or in a storage that there is not.
    "le:s17/16>>0", "le:s12/16>>5", "le:s16/24>>0", "le:s16/17>>0", "le:s8/0>>0", "le:s65/128>>0",
    "le:s16/16>>1", "le:s16/16X0>>0", "le:s16/16X17>>0", "le:s99999999999999999999/64>>0",
    "le:u8/8>>99999999999999999999", "le:f8/8>>0", "le:f24/32>>0", "le:f32/64>>0", "le:f16/32>>16",
  ])
  func `what is no type is refused`(text: String) { #expect(ScanType(text) == nil) }

  @Test func `every form of a number is taken exactly where it fits its storage`() {
    for storage in 0...72 {
      for bits in 0...72 {
        for shift in 0...66 {
          let fits =
            [8, 16, 32, 64].contains(storage) && bits >= 1 && bits + shift <= storage
          #expect((ScanType("be:u\(bits)/\(storage)>>\(shift)") != nil) == fits)
        }
      }
    }
  }
}
