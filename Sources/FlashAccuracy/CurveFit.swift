internal import FlashNumerics

/// One weighted fit of form `flash` to points (x, θ).
struct CurveFit {
  /// p, q, β of `FlashForm`.
  let coordinates: [Double]
  /// Covariance of p, q, β for weights that are inverse variances.
  let covariance: [[Double]]
  /// How many parameters were free: 3, 2 on a bound, 1 on two bounds or for a constant.
  let parameterCount: Int
  /// Why the curve is held at a bound or is a constant; `nil` for an ordinary fit.
  let reason: String?
  let form: FlashForm

  /// Whether the curve is θ = 1/p for every x.
  var isConstant: Bool { coordinates[1] == 0 }

  func value(_ x: Double) -> Double {
    isConstant ? 1 / coordinates[0] : form.value(at: x, coordinates)
  }

  /// Several starts by a scan over b, each polished by GSL; the least weighted sum of squares within the bounds wins,
  /// the constant, which bounds the form at q = 0, among them.
  ///
  /// - Complexity: O(60 n) for the scan and a few dozen iterations of O(n) each.
  init(x: [Double], y: [Double], weights: [Double]) {
    let least = x.min() ?? 0
    let most = x.max() ?? 0
    let form = FlashForm(range: least...most)
    guard least < most else {
      self.init(constant: y, weights: weights, form: form, reason: "all samples have the same value of the metric")
      return
    }
    let constant = CurveFit(
      constant: y, weights: weights, form: form, reason: "accuracy does not rise with the metric: a constant")
    var best = (
      fit: constant,
      squares: zip(y, weights).reduce(0) { $0 + $1.1 * ($1.0 - constant.value(least)) * ($1.0 - constant.value(least)) }
    )
    for start in Self.starts(form, x: x, y: y, weights: weights).prefix(3) {
      for candidate in Self.polished(form, start, x: x, y: y, weights: weights) where candidate.squares < best.squares {
        best = candidate
      }
    }
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
      guard start[0] > 0, rises(start) else { continue }
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

  /// Whether 1/θ falls by more than rounding (chosen: 1e-9 of its value) over the range.
  private static func rises(_ coordinates: [Double]) -> Bool { coordinates[1] > 1e-9 * coordinates[0] }

  /// The free fit where it keeps the bounds; else the fits on each bound that was crossed.
  private static func polished(
    _ form: FlashForm, _ start: [Double], x: [Double], y: [Double], weights: [Double]
  ) -> [(fit: CurveFit, squares: Double)] {
    if let free = try? NonlinearFit(form, x: x, y: y, weights: weights, start: start), rises(free.parameters),
      form.logarithms.contains(free.parameters[2]), form.reciprocalLimit(free.parameters) >= 1
    {
      let fit = CurveFit(
        coordinates: free.parameters, covariance: free.inverseInformation, parameterCount: 3, reason: nil, form: form)
      return [(fit, free.residualSumOfSquares)]
    }
    var candidates: [(fit: CurveFit, squares: Double)] = []
    for (logarithm, reason) in Self.held(form, start) {
      let held = HeldFlashForm(form: form, logarithm: logarithm)
      if let fit = try? NonlinearFit(held, x: x, y: y, weights: weights, start: Array(start[0...1])),
        rises(held.coordinates(fit.parameters)), form.reciprocalLimit(held.coordinates(fit.parameters)) >= 1
      {
        let curve = CurveFit(
          coordinates: held.coordinates(fit.parameters),
          covariance: embed(fit.inverseInformation, by: [[1, 0], [0, 1], [0, 0]]), parameterCount: 2,
          reason: reason, form: form)
        candidates.append((curve, fit.residualSumOfSquares))
      }
      let corner = CornerFlashForm(bounded: BoundedFlashForm(form: form), logarithm: logarithm)
      if let fit = try? NonlinearFit(corner, x: x, y: y, weights: weights, start: [start[1]]),
        rises(corner.coordinates(fit.parameters))
      {
        let curve = CurveFit(
          coordinates: corner.coordinates(fit.parameters),
          covariance: embed(fit.inverseInformation, by: corner.jacobian(fit.parameters)), parameterCount: 1,
          reason: "\(boundReason); \(reason)", form: form)
        candidates.append((curve, fit.residualSumOfSquares))
      }
    }
    let bounded = BoundedFlashForm(form: form)
    if let fit = try? NonlinearFit(bounded, x: x, y: y, weights: weights, start: Array(start[1...2])),
      rises(bounded.coordinates(fit.parameters)), form.logarithms.contains(fit.parameters[1])
    {
      let curve = CurveFit(
        coordinates: bounded.coordinates(fit.parameters),
        covariance: embed(fit.inverseInformation, by: bounded.jacobian(fit.parameters)), parameterCount: 2,
        reason: boundReason, form: form)
      candidates.append((curve, fit.residualSumOfSquares))
    }
    return candidates
  }

  private static let boundReason = "held at the bound a + exp(c) = 1, where accuracy tends to 1"

  /// The values of log b to hold where the samples do not determine it, each with what it means for the user: both ends
  /// of the range and, between them, the best of the scan.
  private static func held(_ form: FlashForm, _ start: [Double]) -> [(logarithm: Double, reason: String)] {
    let ends = form.logarithms
    var held = [
      (
        ends.lowerBound,
        "the samples pull b to 0: it is held at its lower end, \(FlashForm.leastScale) of the least g seen, "
          + "where the curve is in effect 1/θ = s + k/g"
      ),
      (
        ends.upperBound,
        "the samples pull b to infinity: it is held at its upper end, \(FlashForm.largestScale) times the least g "
          + "seen, where the curve is in effect a step above that g"
      ),
    ]
    if ends.lowerBound + 1e-9 < start[2], start[2] < ends.upperBound - 1e-9 {
      held.append((start[2], "the samples do not determine b: it is held at the best value of a scan"))
    }
    return held
  }

  /// J · C · Jᵀ: a covariance of one or two parameters in the three coordinates.
  private static func embed(_ covariance: [[Double]], by jacobian: [[Double]]) -> [[Double]] {
    jacobian.map { row in
      jacobian.map { column in
        var sum = 0.0
        for i in row.indices { for j in column.indices { sum += row[i] * covariance[i][j] * column[j] } }
        return sum
      }
    }
  }
}
