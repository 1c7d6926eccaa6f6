/// `join`: the sensor's samples are made of other sensors' samples, on the board's clock.
package struct JoinSettings: Equatable, Sendable {
  /// Names of sensors that have a port, at least two. At each sample of the first one there is a
  /// joined sample.
  package var sensors: [String]
  /// An older value of another sensor is none: `fresh`.
  package var freshNanoseconds: Int64
}
