internal import FlashNumerics

/// One weighted fit of form `flash` to points (x, θ).
struct CurveFit {
  /// p, q, β of `FlashForm`.
  let coordinates: [Double]
  /// Covariance of p, q, β for weights that are inverse variances.
  let covariance: [[Double]]
  /// How many parameters were free: 3, 2 on a bound, 1 for a constant.
  let parameterCount: Int
  /// Why the curve is held at a bound or is a constant; `nil` for an ordinary fit.
  let reason: String?
  let form: FlashForm

  func value(_ x: Double) -> Double {
    parameterCount == 1 ? 1 / coordinates[0] : form.value(at: x, coordinates)
  }

  /// Several starts by a scan over b, each polished by GSL; the least weighted sum of squares within the bounds wins.
  ///
  /// - Complexity: O(60 n) for the scan and a few dozen iterations of O(n) each.
  init(x: [Double], y: [Double], weights: [Double]) throws(AccuracyError) {
    let least = x.min() ?? 0
    let most = x.max() ?? 0
    let form = FlashForm(range: least...most)
    guard least < most else {
      self.init(constant: y, weights: weights, form: form, reason: "all samples have the same value of the metric")
      return
    }
    let starts = Self.starts(form, x: x, y: y, weights: weights)
    guard !starts.isEmpty else {
      self.init(
        constant: y, weights: weights, form: form, reason: "accuracy does not rise with the metric: a constant")
      return
    }
    var best: (fit: CurveFit, squares: Double)?
    for start in starts.prefix(3) {
      for candidate in Self.polished(form, start, x: x, y: y, weights: weights) {
        if best == nil || candidate.squares < best!.squares { best = candidate }
      }
    }
    guard let best else { throw .numerics("no start converged to a curve within the bounds of form 'flash'") }
    self = best.fit
  }

  private init(
    coordinates: [Double], covariance: [[Double]], parameterCount: Int, reason: String?, form: FlashForm
  ) {
    self.coordinates = coordinates
    self.covariance = covariance
    self.parameterCount = parameterCount
    self.reason = reason
    self.form = form
  }

  /// The weighted mean of θ: a curve with q = 0.
  private init(constant y: [Double], weights: [Double], form: FlashForm, reason: String) {
    let total = weights.reduce(0, +)
    let mean = zip(y, weights).reduce(0) { $0 + $1.0 * $1.1 } / total
    // dθ/dp = −θ², so var p = var θ / θ⁴.
    self.init(
      coordinates: [1 / mean, 0, 0],
      covariance: [[1 / (total * mean * mean * mean * mean), 0, 0], [0, 0, 0], [0, 0, 0]], parameterCount: 1,
      reason: reason, form: form)
  }

  /// Starts by rising sum of squares: for each b the best p and q of 1/θ = p + q·φ, weighted by the delta method.
  private static func starts(_ form: FlashForm, x: [Double], y: [Double], weights: [Double]) -> [[Double]] {
    var found: [(start: [Double], squares: Double)] = []
    for scale in form.scales {
      let logarithm = Elementary.log(scale)
      // With p = 0 and q = 1 the curve's reciprocal is φ itself.
      let rows = x.map { [1, 1 / form.value(at: $0, [0, 1, logarithm])] }.map { $0.map { $0.isFinite ? $0 : 0 } }
      let reciprocal = y.map { 1 / $0 }
      let transformed = zip(weights, y).map { $0 * $1 * $1 * $1 * $1 }
      guard let linear = try? LinearFit(rows: rows, targets: reciprocal, weights: transformed) else { continue }
      let start = linear.coefficients + [logarithm]
      guard start[1] > 0, start[0] > 0 else { continue }
      let squares = Self.squares(form, start, x: x, y: y, weights: weights)
      if squares.isFinite { found.append((start, squares)) }
    }
    return found.sorted { $0.squares < $1.squares }.map(\.start)
  }

  private static func squares(
    _ curve: some DifferentiableCurve, _ parameters: [Double], x: [Double], y: [Double], weights: [Double]
  ) -> Double {
    x.indices.reduce(0) { sum, i in
      let residual = y[i] - curve.value(at: x[i], parameters)
      return sum + weights[i] * residual * residual
    }
  }

  /// The free fit where it keeps the bounds; else the fits on each bound that was crossed.
  private static func polished(
    _ form: FlashForm, _ start: [Double], x: [Double], y: [Double], weights: [Double]
  ) -> [(fit: CurveFit, squares: Double)] {
    let logarithms = form.logarithms
    if let free = try? NonlinearFit(form, x: x, y: y, weights: weights, start: start),
      free.parameters[1] > 0, logarithms.contains(free.parameters[2]), form.reciprocalLimit(free.parameters) >= 1
    {
      let fit = CurveFit(
        coordinates: free.parameters, covariance: free.inverseInformation, parameterCount: 3, reason: nil, form: form)
      return [(fit, free.residualSumOfSquares)]
    }
    var candidates: [(fit: CurveFit, squares: Double)] = []
    for logarithm in [logarithms.lowerBound, logarithms.upperBound, start[2]] {
      let held = HeldFlashForm(form: form, logarithm: logarithm)
      if let fit = try? NonlinearFit(held, x: x, y: y, weights: weights, start: Array(start[0...1])),
        fit.parameters[1] > 0, form.reciprocalLimit(held.coordinates(fit.parameters)) >= 1
      {
        let curve = CurveFit(
          coordinates: held.coordinates(fit.parameters),
          covariance: embed(fit.inverseInformation, by: [[1, 0], [0, 1], [0, 0]]), parameterCount: 2,
          reason: "the samples do not determine b, which is held", form: form)
        candidates.append((curve, fit.residualSumOfSquares))
      }
    }
    let bounded = BoundedFlashForm(form: form)
    if let fit = try? NonlinearFit(bounded, x: x, y: y, weights: weights, start: Array(start[1...2])),
      fit.parameters[0] > 0, logarithms.contains(fit.parameters[1])
    {
      let curve = CurveFit(
        coordinates: bounded.coordinates(fit.parameters),
        covariance: embed(fit.inverseInformation, by: bounded.jacobian(fit.parameters)), parameterCount: 2,
        reason: "held at the bound a + exp(c) = 1", form: form)
      candidates.append((curve, fit.residualSumOfSquares))
    }
    return candidates
  }

  /// J · C · Jᵀ: a covariance of two parameters in the three coordinates.
  private static func embed(_ covariance: [[Double]], by jacobian: [[Double]]) -> [[Double]] {
    jacobian.map { row in
      jacobian.map { column in
        var sum = 0.0
        for i in 0..<2 { for j in 0..<2 { sum += row[i] * covariance[i][j] * column[j] } }
        return sum
      }
    }
  }
}
