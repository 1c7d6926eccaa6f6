/// What stands between an open device and those who read it: the bytes that `Descriptor.read` gives
/// are not the device's own.
///
/// One thread reads. Any thread may stop.
package protocol DeviceReading: AnyObject, Sendable {
  /// Hot: as `Descriptor.read`.
  func read(
    _ raw: Int32, into buffer: UnsafeMutableRawBufferPointer
  ) throws(SystemError) -> ReadResult

  /// Hot: the most bytes that one read gives into a buffer of that size. After fewer the device has
  /// no more.
  func bytesMax(of bufferBytes: Int) -> Int

  /// Hot: whether the device is gone, where the poller does not tell. Nothing is read.
  func isGone(_ raw: Int32) -> Bool

  /// The device has nobody to measure for any more; may wait for its driver.
  func stop()
}
