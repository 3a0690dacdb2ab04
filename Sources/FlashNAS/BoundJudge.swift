internal import FlashAccuracy
internal import FlashGraph
internal import FlashHardware

/// By what of a quantity a bound is judged.
public enum JudgedEnd: String, Sendable {
  /// The value itself: the bound has no confidence, or the quantity no interval.
  case value
  /// The lower end of its interval.
  case low
  /// The upper end.
  case high
}

/// What a bound is judged by on a model.
///
/// A bound with a confidence is judged by the unfavourable end of the two-sided interval that has this confidence: accuracy
/// by that for one new training run, fitted costs by that of their left-out errors. Counts are exact and simulated costs
/// have no interval: their values are judged.
struct BoundJudge: Sendable {
  private enum Measure {
    case value
    case accuracy(AccuracyEnd)
    /// The value over a number: 1 + r or 1 − r with the fit's reach r.
    case cost(divisor: Double)
  }

  let bound: Bound
  private let measure: Measure

  /// One for each bound; none where no bound has a confidence.
  static func judges(_ bounds: [Bound], _ model: PerformanceModel) throws(DesignError) -> [BoundJudge] {
    guard bounds.contains(where: { $0.confidence != nil }) else { return [] }
    return try bounds.map { (bound) throws(DesignError) in try BoundJudge(bound, model) }
  }

  /// - Throws: `DesignError` for a confidence that no bound may have, or at which the model has no interval.
  init(_ bound: Bound, _ model: PerformanceModel) throws(DesignError) {
    self.bound = bound
    guard let confidence = bound.confidence else {
      measure = .value
      return
    }
    guard Bound.confidences ~= confidence else {
      throw .outOfRange(
        what: "confidence", found: "\(confidence)",
        allowed: "\(Bound.confidences.lowerBound) to \(Bound.confidences.upperBound)")
    }
    let isLow = bound.relation == .atLeast
    switch (bound.quantity, model.predictor, model.costs) {
    case (.accuracy, let predictor?, _):
      guard let end = AccuracyEnd(isLow ? .low : .high, of: predictor, confidence: confidence) else {
        throw Self.missing(bound, confidence, predictor.largestConfidence)
      }
      measure = .accuracy(end)
    case (.latency, _, .fitted(let costs)): measure = try Self.cost(bound, costs.latency, confidence)
    case (.energy, _, .fitted(let costs)): measure = try Self.cost(bound, costs.energy, confidence)
    case (.area, _, .fitted(let costs)): measure = try Self.cost(bound, costs.area, confidence)
    case (.power, _, .fitted), (.edp, _, .fitted):
      throw .unavailable(
        quantity: bound.quantity.rawValue,
        reason: "it has no interval: two fitted costs make it up, allowed bounds on each, or no confidence")
    default: measure = .value
    }
  }

  private static func cost(
    _ bound: Bound, _ cost: LinearCost?, _ confidence: Double
  ) throws(DesignError) -> Measure {
    guard let reach = cost?.reach(at: confidence) else {
      guard let cost, cost.relativeReach != nil else { throw missing(bound, confidence, 0) }
      let count = Double(cost.leftOutErrors.count)
      throw missing(bound, confidence, cost.leftOutErrors.isEmpty ? nil : count / (count + 1))
    }
    guard bound.relation == .atMost else { return .cost(divisor: 1 + reach) }
    guard reach < 1 else {
      throw .unavailable(
        quantity: bound.quantity.rawValue,
        reason:
          "its interval has no upper end at \(percent(confidence)) confidence: left-out networks were off by as much "
          + "as they cost")
    }
    return .cost(divisor: 1 - reach)
  }

  /// - Parameter largest: the largest confidence with an interval; 0 for none, `nil` where 95 % is the only one.
  private static func missing(_ bound: Bound, _ confidence: Double, _ largest: Double?) -> DesignError {
    let reason =
      switch largest {
      case nil: "its model states the interval at 95 % alone, allowed 95%, or a model with its left-out errors"
      case 0?: "its model has no interval"
      case let largest?:
        largest < confidence
          ? "its samples tell an interval up to \(percent(largest)) alone" : "its model's numbers make no interval"
      }
    return .unavailable(quantity: "\(bound.quantity.rawValue) at \(percent(confidence)) confidence", reason: reason)
  }

  /// A percentage with as many decimals as it takes, three at most, rounded down.
  private static func percent(_ share: Double) -> String {
    let thousandths = Int((share * 100_000 + 1e-6).rounded(.down))
    var text = "\(thousandths / 1000)"
    var rest = thousandths % 1000
    if rest > 0 {
      var digits = String(1000 + rest).dropFirst()
      while rest % 10 == 0 {
        digits.removeLast()
        rest /= 10
      }
      text += "." + digits
    }
    return text + " %"
  }

  var end: JudgedEnd {
    if case .value = measure { return .value }
    return bound.relation == .atLeast ? .low : .high
  }

  /// What is judged of a quantity's value, its accuracy model reading these features. No allocation but for a jackknife+.
  @inline(__always)
  func value(_ value: Double, _ feature: (Int) -> Double) -> Double {
    switch measure {
    case .value: value
    case .accuracy(let end): end.value(feature)
    case .cost(let divisor): value / divisor
    }
  }

  /// The best that is judged of a quantity between two values, its features lying in a box: the largest for a lower bound,
  /// the least for an upper one.
  func best(_ range: Interval, _ box: (Int) -> ClosedRange<Double>) -> Double {
    let best = bound.relation == .atLeast ? range.upper : range.lower
    switch measure {
    case .value: return best
    case .accuracy(let end): return end.best(box)
    case .cost(let divisor):
      let judged = Interval(lower: best / divisor, upper: best / divisor).widened(by: 1e-15)
      return bound.relation == .atLeast ? judged.upper : judged.lower
    }
  }

  /// The value of a cost whose judged end is the limit.
  var costLimit: Double {
    if case .cost(let divisor) = measure { bound.limit * divisor } else { bound.limit }
  }

  /// The interval's end of an accuracy; `nil` where the bound is judged by something else.
  var accuracyEnd: AccuracyEnd? {
    if case .accuracy(let end) = measure { end } else { nil }
  }
}

extension PerformanceModel {
  /// What a bound is judged by of a network with these values.
  ///
  /// - Throws: `DesignError` for a confidence at which there is no interval.
  public func judged(
    by bound: Bound, _ values: DesignValues
  ) throws(DesignError) -> (value: Double, end: JudgedEnd) {
    let judge = try BoundJudge(bound, self)
    let read = accuracyInputs(values.features) { _ in nil }
    return (judge.value(values[bound.quantity]) { read[$0] }, judge.end)
  }

  /// Checks that every interval which there is at 95 % is there at a confidence too.
  public func check(confidence: Double) throws(DesignError) {
    var quantities: [Quantity] = predictor == nil ? [] : [.accuracy]
    if case .fitted(let costs) = costs {
      let costs: [(Quantity, LinearCost?)] = [(.latency, costs.latency), (.energy, costs.energy), (.area, costs.area)]
      quantities += costs.filter { $0.1?.relativeReach != nil }.map(\.0)
    }
    for quantity in quantities {
      _ = try BoundJudge(Bound(quantity: quantity, relation: .atLeast, limit: 0, confidence: confidence), self)
    }
  }
}

extension DesignProblem {
  /// What a bound is judged by.
  public func judgedEnd(of bound: Bound) -> JudgedEnd { judge(of: bound)?.end ?? .value }

  /// The value that a bound is judged by at a point: a quantity's own, or an end of its interval.
  public func judgedValue(of bound: Bound, at point: [Int]) -> Double {
    let values = QuantityValues(values(point))
    return judge(of: bound).map { judged($0, values, point) } ?? .nan
  }

  /// - Returns: `nil` for a bound that no model can judge, of which the problem has none.
  func judge(of bound: Bound) -> BoundJudge? {
    judges.first { $0.bound == bound } ?? (try? BoundJudge(bound, model))
  }

  /// What a bound is judged by, of a point with these values.
  @inline(__always)
  func judged(_ judge: BoundJudge, _ values: QuantityValues, _ point: [Int]) -> Double {
    guard judge.accuracyEnd != nil, let inputs = model.inputs, !inputs.isDegreeAlone else {
      return judge.value(values[judge.bound.quantity]) { _ in values.nnDegree }
    }
    let features = space.features(point)
    return judge.value(values[judge.bound.quantity]) { inputs.value($0, features, point, space) }
  }
}
