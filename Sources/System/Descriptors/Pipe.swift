import CPlatform

/// The two ends of a pipe. Programs that the agent starts do not inherit them.
package struct Pipe {
  package let reading: Descriptor
  package let writing: Descriptor

  package init() throws(SystemError) {
    var ends = InlineArray<2, Int32>(repeating: -1)
    var span = ends.mutableSpan
    let code = span.withUnsafeMutableBufferPointer { pipe2($0.baseAddress, O_CLOEXEC) }
    guard code == 0 else { throw .last(.pipe) }
    (reading, writing) = (Descriptor(owning: ends[0]), Descriptor(owning: ends[1]))
  }
}
