internal import FlashNumerics

/// A linear predictor over terms of features, θ = link(α + Σ βₖ · tₖ(xₖ)).
///
/// With the identity as link, θ is held within 0 and 1: a share is nothing else.
public struct Regression: Sendable, Hashable {
  enum Link: Sendable, Hashable {
    /// θ = η, held within 0…1.
    case identity
    /// θ = 1 / (1 + exp(−η)).
    case logistic
  }

  /// How a feature enters.
  enum Transform: Sendable, Hashable {
    case identity
    /// log x: x > 0.
    case logarithm
    /// log(1 + x): x ≥ 0.
    case logarithmOfOnePlus

    func callAsFunction(_ x: Double) -> Double {
      switch self {
      case .identity: x
      case .logarithm: Elementary.log(x)
      case .logarithmOfOnePlus: Elementary.log(1 + x)
      }
    }

    func admits(_ x: Double) -> Bool {
      switch self {
      case .identity: true
      case .logarithm: x > 0
      case .logarithmOfOnePlus: x >= 0
      }
    }
  }

  let link: Link
  let transforms: [Transform]
  let intercept: Double
  /// One per feature.
  let slopes: [Double]

  /// θ where the linear predictor is `eta`.
  func value(predictor eta: Double) -> Double {
    switch link {
    case .identity: min(1, max(0, eta))
    case .logistic: 1 / (1 + Elementary.exp(-eta))
    }
  }

  /// θ of features. Complexity: O(features), without allocation.
  @inline(__always)
  func value(_ features: (Int) -> Double) -> Double {
    var eta = intercept
    for (k, slope) in slopes.enumerated() { eta += slope * transforms[k](features(k)) }
    return value(predictor: eta)
  }

  /// ∂θ/∂(α, β₁, …). The limits 0 and 1 of the identity are left out: an interval does not shrink at them.
  func writeGradient(_ feature: (Int) -> Double, to slopes: UnsafeMutableBufferPointer<Double>) {
    slopes[0] = 1
    for (k, transform) in transforms.enumerated() { slopes[k + 1] = transform(feature(k)) }
    guard link == .logistic else { return }
    let value = value(feature)
    for k in slopes.indices { slopes[k] = value * (1 - value) * slopes[k] }
  }
}

/// Fits of linear predictors by weighted least squares in θ.
struct RegressionFit {
  let regression: Regression
  /// Covariance of α, β₁, … for weights that are inverse variances.
  let covariance: [[Double]]
  /// Parameters used: their number, or the trace of the hat matrix with a penalty.
  let parameterCount: Double
  let reason: String?

  /// - Parameters:
  ///   - rows: the features of each sample, one row each, admitted by the transforms.
  ///   - weights: positive.
  /// Complexity: O(n p²), a few dozen times for the logistic link.
  init(
    _ link: Regression.Link, _ transforms: [Regression.Transform], rows: [[Double]], y: [Double], weights: [Double]
  ) {
    let terms = rows.map { row in [1.0] + zip(transforms, row).map { $0($1) } }
    let transformed = y.map { link == .logistic ? Elementary.log($0 / (1 - $0)) : $0 }
    let delta = zip(weights, y).map { link == .logistic ? $0 * $1 * $1 * (1 - $1) * (1 - $1) : $0 }
    // A feature that does not vary is no term: it stands for the intercept.
    guard Self.isDetermined(terms), let linear = try? LinearFit(rows: terms, targets: transformed, weights: delta)
    else {
      self.init(constant: y, weights: weights, link, transforms)
      return
    }
    var coefficients = linear.coefficients
    var covariance = linear.inverseInformation
    if link == .logistic {
      let curve = LogisticCurve(rows: terms)
      let start = coefficients
      if let fit = try? NonlinearFit(
        curve, x: rows.indices.map(Double.init), y: y, weights: weights, start: start)
      {
        coefficients = fit.parameters
        covariance = fit.inverseInformation
      }
    }
    self.init(
      regression: Regression(
        link: link, transforms: transforms, intercept: coefficients[0], slopes: Array(coefficients.dropFirst())),
      covariance: covariance, parameterCount: Double(coefficients.count), reason: nil)
  }

  private init(regression: Regression, covariance: [[Double]], parameterCount: Double, reason: String?) {
    self.regression = regression
    self.covariance = covariance
    self.parameterCount = parameterCount
    self.reason = reason
  }

  init(
    constant y: [Double], weights: [Double], _ link: Regression.Link, _ transforms: [Regression.Transform]
  ) {
    let total = weights.reduce(0, +)
    let mean = zip(y, weights).reduce(0) { $0 + $1.0 * $1.1 } / total
    let slope = link == .logistic ? mean * (1 - mean) : 1
    regression = Regression(
      link: link, transforms: transforms, intercept: link == .logistic ? Elementary.log(mean / (1 - mean)) : mean,
      slopes: transforms.map { _ in 0 })
    covariance = (0...transforms.count).map { i in
      (0...transforms.count).map { j in i == 0 && j == 0 ? 1 / (total * slope * slope) : 0 }
    }
    parameterCount = 1
    reason = "the samples do not tell the features apart: a constant"
  }

  /// Whether the terms are linearly independent: the least singular value of the scaled columns is above rounding
  /// (chosen: 1e-10 of the largest).
  private static func isDetermined(_ terms: [[Double]]) -> Bool {
    guard let first = terms.first, terms.count > first.count else { return false }
    var scaled = terms
    for k in first.indices {
      let column = terms.map { $0[k] }
      let mean = k == 0 ? 0 : Statistics.mean(column)
      let norm = Statistics.rootMeanSquare(column.map { $0 - mean })
      guard norm > 1e-12 * abs(mean) else { return false }
      for i in scaled.indices { scaled[i][k] = (scaled[i][k] - mean) / norm }
    }
    guard let values = try? SingularValues.of(scaled.flatMap { $0 }, rows: terms.count, columns: first.count),
      let largest = values.first, let least = values.last
    else { return false }
    return least > 1e-10 * largest
  }

  /// θ = logistic(row · parameters); x is the number of the row.
  private struct LogisticCurve: DifferentiableCurve {
    let rows: [[Double]]
    var parameterCount: Int { rows[0].count }

    func value(at x: Double, _ parameters: [Double]) -> Double {
      var eta = 0.0
      for (term, parameter) in zip(rows[Int(x)], parameters) { eta += term * parameter }
      return 1 / (1 + Elementary.exp(-eta))
    }

    func gradient(at x: Double, _ parameters: [Double]) -> [Double] {
      let value = value(at: x, parameters)
      return rows[Int(x)].map { $0 * value * (1 - value) }
    }
  }
}

extension RegressionFit {
  /// λ in units of the samples' weight, Σ w (chosen: from next to none to one that leaves next to nothing of a slope).
  private static let penalties = (0...16).map { Elementary.pow(10, Double($0) / 2 - 6) }

  /// An additive ridge regression: Σ wᵢ (yᵢ − α − Σ βₖ zₖᵢ)² + λ Σ βₖ² is least over standardised features z, for the λ
  /// with the least weighted sum of squared leave-one-out errors.
  ///
  /// The covariance is that of the posterior with the prior that the penalty is: (ZᵀWZ + Λ)⁻¹. Complexity: O(n p²) a λ.
  ///
  /// Source: Hoerl, Kennard, Technometrics 12(1), 1970; leave-one-out errors from the hat matrix: Allen, Technometrics
  /// 16(1), 1974.
  init(ridge rows: [[Double]], y: [Double], weights: [Double]) {
    let count = rows.first?.count ?? 0
    let total = weights.reduce(0, +)
    let scales = (0..<count).map { k in
      let column = rows.map { $0[k] }
      let mean = zip(column, weights).reduce(0) { $0 + $1.0 * $1.1 } / total
      let variance = zip(column, weights).reduce(0) { $0 + $1.1 * ($1.0 - mean) * ($1.0 - mean) } / total
      // A feature that does not vary has no slope.
      return (mean: mean, deviation: variance > 1e-24 * mean * mean ? variance.squareRoot() : .infinity)
    }
    let terms = rows.map { row in [1.0] + zip(row, scales).map { ($0 - $1.mean) / $1.deviation } }
    var best: (squares: Double, solution: RidgeSolution)?
    for penalty in Self.penalties {
      guard let solution = RidgeSolution(terms, y: y, weights: weights, penalty: penalty * total) else { continue }
      if solution.leftOutSquares < best?.squares ?? .infinity { best = (solution.leftOutSquares, solution) }
    }
    let transforms = scales.map { _ in Regression.Transform.identity }
    guard let solution = best?.solution else {
      self.init(constant: y, weights: weights, .identity, transforms)
      return
    }
    // Back to the features' own units: β = b / s, α = b₀ − Σ b m / s.
    let jacobian = (0...count).map { i in
      (0...count).map { j -> Double in
        if i == 0 { return j == 0 ? 1 : -scales[j - 1].mean / scales[j - 1].deviation }
        return i == j ? 1 / scales[i - 1].deviation : 0
      }
    }
    let found = jacobian.map { row in zip(row, solution.coefficients).reduce(0) { $0 + $1.0 * $1.1 } }
    let covariance = jacobian.map { row in
      let half = (0...count).map { j in
        (0...count).reduce(0.0) { $0 + row[$1] * solution.inverse[$1 * (count + 1) + j] }
      }
      return jacobian.map { column in zip(half, column).reduce(0.0) { $0 + $1.0 * $1.1 } }
    }
    self.init(
      regression: Regression(
        link: .identity, transforms: transforms, intercept: found[0], slopes: Array(found.dropFirst())),
      covariance: covariance, parameterCount: solution.parameterCount, reason: nil)
  }

  /// The coefficients for one penalty.
  private struct RidgeSolution {
    let coefficients: [Double]
    /// (ZᵀWZ + Λ)⁻¹.
    let inverse: [Double]
    /// The trace of the hat matrix.
    let parameterCount: Double
    /// Σ w (error of a sample by the fit without it)².
    let leftOutSquares: Double

    init?(_ terms: [[Double]], y: [Double], weights: [Double], penalty: Double) {
      let order = terms.first?.count ?? 0
      var matrix = [Double](repeating: 0, count: order * order)
      var right = [Double](repeating: 0, count: order)
      for (row, (target, weight)) in zip(terms, zip(y, weights)) {
        for i in 0..<order {
          right[i] += weight * row[i] * target
          for j in 0..<order { matrix[i * order + j] += weight * row[i] * row[j] }
        }
      }
      for k in 1..<order { matrix[k * order + k] += penalty }
      guard let factor = try? Cholesky(matrix, order: order) else { return nil }
      coefficients = factor.solve(right)
      inverse = factor.inverse
      var (trace, squares) = (0.0, 0.0)
      for (row, (target, weight)) in zip(terms, zip(y, weights)) {
        var (leverage, value) = (0.0, 0.0)
        for i in 0..<order {
          value += row[i] * coefficients[i]
          for j in 0..<order { leverage += row[i] * inverse[i * order + j] * row[j] }
        }
        leverage *= weight
        guard leverage < 1 else { return nil }
        let error = (target - value) / (1 - leverage)
        trace += leverage
        squares += weight * error * error
      }
      parameterCount = trace
      leftOutSquares = squares
    }
  }
}
