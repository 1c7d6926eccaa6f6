/// What the values of a source can be.
package enum ValueSpan: Equatable, Sendable {
  case any
  /// 0 and more.
  case positive
  /// 0 to 1.
  case share

  package var range: ClosedRange<Float> {
    switch self {
    case .any: -Float.infinity...Float.infinity
    case .positive: 0...Float.infinity
    case .share: 0...1
    }
  }
}

extension ValueSource {
  /// Scores of a classifier and shares are 0…1. An autoencoder's scores and a rate's departure have
  /// no upper end.
  package var span: ValueSpan {
    switch self {
    case .score(_, let label): label.utf8.elementsEqual("anomaly".utf8) ? .positive : .share
    case .field, .derived(_, _, .rate, _), .derived(_, _, .mean, _): .any
    case .derived(_, _, .deviation, _), .derived(_, _, .span, _): .positive
    case .share(.rate, _): .positive
    case .share(.refused, _), .share(.late, _): .share
    }
  }
}
