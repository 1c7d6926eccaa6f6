import SensorIO
import Text

/// `[[test]]` of a file for `edgeagent check --test`: what comes in, what a person does, and the
/// transitions that have to follow. Times count from the start of the test, in nanoseconds.
package struct AlertTest: Equatable, Sendable {
  package enum Source: Equatable, Sendable {
    /// Samples of a sensor; the columns of a row are these of its fields.
    case sensor(index: Int, fields: [Int])
    /// Scores of a pipeline's label, in the place of a model.
    case score(pipeline: Int, label: String)
  }

  package enum Feed: Equatable, Sendable {
    /// From that time on these values, again and again at the rate; nil: silence.
    case rows([(time: Int64, values: [Float]?)])
    /// A recording's path.
    case recording(String)

    package static func == (a: Feed, b: Feed) -> Bool {
      switch (a, b) {
      case (.recording(let a), .recording(let b)): a == b
      case (.rows(let a), .rows(let b)):
        a.elementsEqual(b) { $0.time == $1.time && $0.values == $1.values }
      default: false
      }
    }
  }

  package struct Input: Equatable, Sendable {
    package var source: Source
    package var feed: Feed
    /// Between two samples, or two scores.
    package var periodNanoseconds: Int64
  }

  package enum Act: Equatable, Sendable {
    case acknowledge, confirm, reset, unshelve
    case shelve(nanoseconds: Int64)
    case service(isOut: Bool)
    case silence(nanoseconds: Int64)
  }

  package struct Order: Equatable, Sendable {
    package var time: Int64
    /// Index among the configuration's alerts.
    package var alert: Int
    package var act: Act
  }

  package struct Expectation: Equatable, Sendable {
    package var time: Int64
    package var alert: String
    /// `raised`, `cleared` …
    package var state: String
  }

  package var name: String
  package var inputs: [Input]
  package var orders: [Order]
  package var expected: [Expectation]
  /// The test ends then.
  package var until: Int64
  package var toleranceNanoseconds: Int64
}
