internal import FlashNumerics

/// One weighted fit of a saturating form to points (g, θ), within the form's bounds.
struct CurveFit {
  let form: SaturatingForm
  /// P, Q, log κ, log p; `nil` for a constant.
  let coordinates: [Double]?
  let curve: SaturatingCurve
  /// Covariance of the coordinates for weights that are inverse variances; of θ itself, 1 × 1, for a constant.
  let covariance: [[Double]]
  /// How many parameters were free.
  let parameterCount: Int
  /// Why the curve is held at a bound or is a constant; `nil` for an ordinary fit.
  let reason: String?

  func value(_ g: Double) -> Double { curve.value(g) }

  /// ∂θ/∂coordinates at g; 1 for a constant.
  func gradient(_ g: Double) -> [Double] { coordinates.map { form.gradient(at: g, $0) } ?? [1] }

  struct Points {
    let x: [Double]
    let y: [Double]
    let weights: [Double]

    func squares(_ value: (Double) -> Double) -> Double {
      var sum = 0.0
      for i in x.indices {
        let residual = y[i] - value(x[i])
        sum += weights[i] * residual * residual
      }
      return sum
    }
  }

  /// Several starts by a scan over the shape, each polished by GSL; the least weighted sum of squares within the bounds
  /// wins, the constant, which bounds the form at Q = 0, among them.
  ///
  /// - Precondition: x > 0. Complexity: O(60 n) for the scan (300 n for `flash-power`) and a few dozen iterations of O(n).
  init(_ kind: SaturatingForm.Kind = .flash, x: [Double], y: [Double], weights: [Double]) {
    self = Self.leastSquares(kind, Points(x: x, y: y, weights: weights)).fit
  }

  /// The fit, with the scan that its starts are taken from: none where all samples have one value of the metric.
  static func leastSquares(_ kind: SaturatingForm.Kind, _ points: Points) -> (fit: CurveFit, scan: [[Shape?]]) {
    let least = points.x.min() ?? 1
    let most = points.x.max() ?? 1
    let form = SaturatingForm(kind: kind, range: least...most)
    guard least < most else {
      return (CurveFit(constant: points, form, "all samples have the same value of the metric"), [])
    }
    let constant = CurveFit(constant: points, form, "accuracy does not rise with the metric: a constant")
    var best = (fit: constant, squares: points.squares { _ in constant.value(least) })
    let scan = scan(form, points)
    let starts = starts(scan)
    var candidates = starts.prefix(3).compactMap { start in
      BoundedCurve(form: form, start: start, held: [nil, nil], isAtLimit: false).fit(points)
    }
    // A power beyond its bounds can be better than one within, which the free fits alone would not show.
    for end in [SaturatingForm.logarithmicPowers.lowerBound, SaturatingForm.logarithmicPowers.upperBound] {
      guard kind == .flashPower, let start = starts.first(where: { abs($0[3] - end) < 1e-9 }) else { continue }
      let held = BoundedCurve(form: form, start: start, held: [nil, end], isAtLimit: false)
      if let fit = held.fit(points) { candidates.append(fit) }
    }
    if candidates.isEmpty, let start = starts.first { candidates = held(form, start, points) }
    for candidate in candidates where candidate.squares < best.squares { best = candidate }
    return (best.fit, scan)
  }

  init(
    _ form: SaturatingForm, _ coordinates: [Double], covariance: [[Double]], parameterCount: Int, reason: String?
  ) {
    self.form = form
    self.coordinates = coordinates
    curve = form.curve(coordinates)
    self.covariance = covariance
    self.parameterCount = parameterCount
    self.reason = reason
  }

  /// The weighted mean of θ: a curve with Q = 0.
  private init(constant points: Points, _ form: SaturatingForm, _ reason: String) {
    let total = points.weights.reduce(0, +)
    let mean = zip(points.y, points.weights).reduce(0) { $0 + $1.0 * $1.1 } / total
    self.form = form
    coordinates = nil
    curve = SaturatingCurve(kind: form.kind, constant: mean)
    covariance = [[1 / total]]
    parameterCount = 1
    self.reason = reason
  }

  /// A shape of the scan with the best P and Q for it.
  struct Shape {
    let coordinates: [Double]
    let squares: Double
    /// −dη/d log g at the least g, up to a factor that all shapes share.
    let slope: Double
  }

  /// Shapes by power and, within one, by rising κ from end to end; `nil` for one that does not rise. P and Q are weighted
  /// by the delta method.
  private static func scan(_ form: SaturatingForm, _ points: Points) -> [[Shape?]] {
    let powers =
      form.kind == .flashPower ? (0...4).map { Elementary.log(0.25) + Elementary.log(2) * Double($0) } : [0]
    let transformed = zip(points.y, points.weights).map { accuracy, weight in
      let (eta, factor) = form.transformed(accuracy)
      return (eta: eta, weight: weight * factor)
    }
    return powers.map { power in
      let exponents = form.exponents(points.x, logarithmicPower: power)
      var basis = points.x
      let ends = SaturatingForm.logarithms
      var scan = [Shape?](repeating: nil, count: 61)
      for step in scan.indices {
        let logarithm = ends.lowerBound + (ends.upperBound - ends.lowerBound) * Double(step) / 60
        let scale = Elementary.exp(logarithm)
        let base = Elementary.exp(scale * exponents.last)
        for i in basis.indices { basis[i] = (Elementary.exp(scale * exponents.each[i]) - base) / (1 - base) }
        guard let line = Line(basis, transformed) else { continue }
        let start = [line.intercept, line.slope, logarithm] + (form.kind == .flashPower ? [power] : [])
        guard start[0] > 0, rises(start) else { continue }
        // As the curve's own squares, to which the starts are to be compared.
        var squares = 0.0
        for i in basis.indices {
          let residual = points.y[i] - form.accuracy(start[0] + start[1] * basis[i]).value
          squares += points.weights[i] * residual * residual
        }
        guard squares.isFinite else { continue }
        scan[step] = Shape(
          coordinates: start, squares: squares, slope: line.slope * scale * Elementary.exp(power) / (1 - base))
      }
      return scan
    }
  }

  /// Starts by rising sum of squares: the local minima of each power's scan.
  private static func starts(_ scans: [[Shape?]]) -> [[Double]] {
    var found: [Shape] = []
    for scan in scans {
      for (step, entry) in scan.enumerated() {
        guard let entry else { continue }
        let before = step > 0 ? scan[step - 1]?.squares ?? .infinity : .infinity
        let after = step < 60 ? scan[step + 1]?.squares ?? .infinity : .infinity
        if entry.squares <= before, entry.squares < after { found.append(entry) }
      }
    }
    return found.sorted { $0.squares < $1.squares }.map(\.coordinates)
  }

  /// η = intercept + slope · φ by weighted least squares.
  private struct Line {
    let intercept: Double
    let slope: Double

    init?(_ basis: [Double], _ targets: [(eta: Double, weight: Double)]) {
      var (w, wx, wy) = (0.0, 0.0, 0.0)
      for (x, target) in zip(basis, targets) {
        w += target.weight
        wx += target.weight * x
        wy += target.weight * target.eta
      }
      let (meanX, meanY) = (wx / w, wy / w)
      var (xx, xy) = (0.0, 0.0)
      for (x, target) in zip(basis, targets) {
        xx += target.weight * (x - meanX) * (x - meanX)
        xy += target.weight * (x - meanX) * (target.eta - meanY)
      }
      guard xx > 0, (xy / xx).isFinite else { return nil }
      slope = xy / xx
      intercept = meanY - slope * meanX
    }
  }

  /// Whether η falls by more than rounding (chosen: 1e-9 of its value) over the range.
  private static func rises(_ coordinates: [Double]) -> Bool { coordinates[1] > 1e-9 * coordinates[0] }

  /// The fits on the bounds, where none within them was found: with a shape held, or at the bound θ → 1, or both.
  private static func held(
    _ form: SaturatingForm, _ start: [Double], _ points: Points
  ) -> [(fit: CurveFit, squares: Double)] {
    let scales = BoundedCurve.held(start[2], within: SaturatingForm.logarithms)
    let powers: [Double?] =
      form.kind == .flashPower ? [nil] + BoundedCurve.held(start[3], within: SaturatingForm.logarithmicPowers) : [nil]
    var candidates: [(fit: CurveFit, squares: Double)] = []
    for scale in [nil] + scales {
      for power in powers {
        for isAtLimit in [false, true] where isAtLimit || scale != nil || power != nil {
          let curve = BoundedCurve(form: form, start: start, held: [scale, power], isAtLimit: isAtLimit)
          if let fit = curve.fit(points) { candidates.append(fit) }
        }
      }
    }
    return candidates
  }

  /// The form with some coordinates held, or with P such that the curve tends to θ = 1: what GSL varies are the others.
  struct BoundedCurve: DifferentiableCurve {
    let form: SaturatingForm
    let start: [Double]
    /// log κ and log p, where they are held.
    let held: [Double?]
    let isAtLimit: Bool
    /// The coordinates that vary.
    let free: [Int]

    init(form: SaturatingForm, start: [Double], held: [Double?], isAtLimit: Bool) {
      self.form = form
      self.start = start
      self.held = held
      self.isAtLimit = isAtLimit
      free = start.indices.filter { $0 == 0 ? !isAtLimit : $0 == 1 || held[$0 - 2] == nil }
    }

    var parameterCount: Int { free.count }

    func coordinates(_ parameters: [Double]) -> [Double] {
      var coordinates = start
      for (place, index) in free.enumerated() { coordinates[index] = parameters[place] }
      for (place, value) in held.enumerated() { if let value { coordinates[place + 2] = value } }
      if isAtLimit { coordinates[0] = form.boundedEnd(coordinates).value }
      return coordinates
    }

    func value(at x: Double, _ parameters: [Double]) -> Double { form.value(at: x, coordinates(parameters)) }

    func gradient(at x: Double, _ parameters: [Double]) -> [Double] {
      var values = [0.0]
      var jacobian: [Double]? = free.map { _ in 0 }
      evaluate(parameters, at: [x], values: &values, jacobian: &jacobian)
      return jacobian ?? []
    }

    func evaluate(_ parameters: [Double], at x: [Double], values: inout [Double], jacobian: inout [Double]?) {
      let coordinates = coordinates(parameters)
      let shape = SaturatingForm.Shape(form, coordinates)
      for i in x.indices { values[i] = shape.value(x[i]) }
      guard jacobian != nil else { return }
      // Where each coordinate stands among those that vary; what P follows from at the limit.
      let places = coordinates.indices.map { free.firstIndex(of: $0) ?? -1 }
      let end = isAtLimit ? form.boundedEnd(coordinates).slopes : []
      let width = free.count
      for i in x.indices {
        var first = 0.0
        shape.gradient(x[i]) { index, slope in
          if index == 0 { first = slope }
          guard places[index] >= 0 else { return }
          jacobian?[i * width + places[index]] = isAtLimit ? slope + first * end[index - 1] : slope
        }
      }
    }

    /// A shape far beyond its bounds does not come back.
    func admits(_ parameters: [Double]) -> Bool {
      let coordinates = coordinates(parameters)
      let ends = SaturatingForm.logarithms
      guard ends.lowerBound - 1 <= coordinates[2], coordinates[2] <= ends.upperBound + 1 else { return false }
      let powers = SaturatingForm.logarithmicPowers
      return form.kind != .flashPower
        || powers.lowerBound - 1 <= coordinates[3] && coordinates[3] <= powers.upperBound + 1
    }

    /// The values to hold where the samples do not determine a shape: both ends and, between them, the scan's best.
    static func held(_ best: Double, within ends: ClosedRange<Double>) -> [Double] {
      [ends.lowerBound, ends.upperBound]
        + (ends.lowerBound + 1e-9 < best && best < ends.upperBound - 1e-9 ? [best] : [])
    }

    /// The local minimum, where it rises and keeps the bounds.
    func fit(_ points: Points) -> (fit: CurveFit, squares: Double)? {
      guard
        let found = try? NonlinearFit(
          self, x: points.x, y: points.y, weights: points.weights, start: free.map { start[$0] })
      else { return nil }
      let coordinates = coordinates(found.parameters)
      guard CurveFit.rises(coordinates), SaturatingForm.logarithms.contains(coordinates[2]),
        form.kind != .flashPower || SaturatingForm.logarithmicPowers.contains(coordinates[3]),
        isAtLimit || form.limit(coordinates) >= form.leastLimit, found.residualSumOfSquares.isFinite
      else { return nil }
      let fit = CurveFit(
        form, coordinates, covariance: embedded(found.inverseInformation, coordinates), parameterCount: free.count,
        reason: reason)
      return (fit, found.residualSumOfSquares)
    }

    /// J · C · Jᵀ: the covariance of what varied, in all coordinates.
    private func embedded(_ covariance: [[Double]], _ coordinates: [Double]) -> [[Double]] {
      var jacobian = coordinates.indices.map { row in free.map { $0 == row ? 1.0 : 0.0 } }
      if isAtLimit {
        let end = form.boundedEnd(coordinates).slopes
        jacobian[0] = free.map { end[$0 - 1] }
      }
      return jacobian.map { row in
        jacobian.map { column in
          var sum = 0.0
          for i in row.indices { for j in column.indices { sum += row[i] * covariance[i][j] * column[j] } }
          return sum
        }
      }
    }

    /// What is held, for the user.
    private var reason: String? {
      var reasons: [String] = []
      if isAtLimit {
        reasons.append(
          form.kind == .power
            ? "held at the bound a = 1, where accuracy tends to 1"
            : "held at the bound a + exp(c) = 1, where accuracy tends to 1")
      }
      let name = form.kind == .power ? "p" : "b"
      let ends = SaturatingForm.logarithms
      switch held[0] {
      case nil: break
      case ends.lowerBound:
        reasons.append("the samples pull \(name) to 0: it is held at its lower end, \(lowerEnd)")
      case ends.upperBound:
        reasons.append("the samples pull \(name) to infinity: it is held at its upper end, \(upperEnd)")
      default: reasons.append("the samples do not determine \(name): it is held at the best value of a scan")
      }
      if held[1] != nil { reasons.append("the samples do not determine p: it is held") }
      return reasons.isEmpty ? nil : reasons.joined(separator: "; ")
    }

    private var lowerEnd: String {
      switch form.kind {
      case .flash: "0.02 of the least g seen, where the curve is in effect 1/θ = s + k/g"
      case .flashPower: "0.02 of the least gᵖ seen, where the curve is in effect 1/θ = s + k/gᵖ"
      case .power: "where the curve is in effect θ = s + k·log g"
      }
    }

    private var upperEnd: String {
      switch form.kind {
      case .flash: "40.0 times the least g seen, where the curve is in effect a step above that g"
      case .flashPower: "40.0 times the least gᵖ seen, where the curve is in effect a step above that g"
      case .power: "where the curve is in effect a step above the least g seen"
      }
    }
  }
}
