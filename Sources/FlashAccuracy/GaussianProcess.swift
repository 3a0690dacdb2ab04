internal import FlashNumerics

/// A Gaussian process over standardised features: a mean that goes through the samples as closely as their noise allows.
///
/// θ(x) = m + Σᵢ αᵢ k(x, xᵢ) with α = (K + N)⁻¹ (y − m), m the mean of the samples' accuracies, K the kernel's matrix and
/// N the diagonal of σ² + s²/nᵢ: σ² is fitted, s² the pooled variance between runs where there are replicates. Its
/// variance at x is k(x, x) − kᵀ (K + N)⁻¹ k.
///
/// Source: Rasmussen, Williams, "Gaussian Processes for Machine Learning", MIT Press 2006, algorithm 2.1.
public struct GaussianProcess: Sendable, Hashable {
  /// Kernels of r, the Euclidean distance of standardised features over the length scale.
  enum Kernel: Sendable, Hashable {
    /// exp(−r²/2).
    case squaredExponential
    /// Matérn's with ν = 5/2: (1 + √5 r + 5r²/3) exp(−√5 r).
    case matern

    /// The kernel and its derivative by the logarithm of the length scale, at r².
    func callAsFunction(_ squared: Double) -> (value: Double, slope: Double) {
      switch self {
      case .squaredExponential:
        let value = Elementary.exp(-squared / 2)
        return (value, value * squared)
      case .matern:
        let root = (5 * squared).squareRoot()
        let decay = Elementary.exp(-root)
        return ((1 + root + 5 * squared / 3) * decay, 5 * squared / 3 * (1 + root) * decay)
      }
    }
  }

  /// The kernel's variance, its length scale in deviations of the features, and the noise's variance σ², the variances in
  /// units of accuracy².
  struct Hyperparameters: Sendable, Hashable {
    let variance: Double
    let length: Double
    let noise: Double
  }

  let kernel: Kernel
  let hyperparameters: Hyperparameters
  /// The features' means and deviations.
  let centres: [Double]
  let deviations: [Double]
  /// The samples' standardised features, row by row.
  let points: [Double]
  /// The samples' accuracies, and the variance s²/nᵢ of each that their runs tell.
  let accuracies: [Double]
  let variances: [Double]
  /// The mean of the accuracies.
  let mean: Double
  /// (K + N)⁻¹ (y − m).
  let weights: [Double]
  /// (K + N)⁻¹.
  private let inverse: [Double]
  private let factorLogDeterminant: Double

  var count: Int { accuracies.count }
  private var dimension: Int { centres.count }

  /// Conditions the process on samples, at given hyperparameters.
  ///
  /// - Parameter rows: the features of each sample, one row each, in their own units.
  /// - Throws: `AccuracyError.numerics` where K + N is not positive definite. Complexity: O(n³).
  init(
    _ kernel: Kernel, _ hyperparameters: Hyperparameters, rows: [[Double]], accuracies: [Double], variances: [Double]
  ) throws(AccuracyError) {
    let scaling = Scaling(rows)
    try self.init(
      kernel, hyperparameters, scaling, points: scaling.standardised(rows), accuracies: accuracies,
      variances: variances)
  }

  private init(
    _ kernel: Kernel, _ hyperparameters: Hyperparameters, _ scaling: Scaling, points: [Double], accuracies: [Double],
    variances: [Double]
  ) throws(AccuracyError) {
    self.kernel = kernel
    self.hyperparameters = hyperparameters
    centres = scaling.centres
    deviations = scaling.deviations
    self.points = points
    self.accuracies = accuracies
    self.variances = variances
    let mean = Statistics.mean(accuracies)
    self.mean = mean
    let count = accuracies.count
    var matrix = [Double](repeating: 0, count: count * count)
    let dimension = scaling.centres.count
    for i in 0..<count {
      matrix[i * count + i] = hyperparameters.variance + hyperparameters.noise + variances[i]
      for j in 0..<i {
        let squared = Self.squaredDistance(points, i, j, dimension) / (hyperparameters.length * hyperparameters.length)
        matrix[i * count + j] = hyperparameters.variance * kernel(squared).value
        matrix[j * count + i] = matrix[i * count + j]
      }
    }
    do {
      let factor = try Cholesky(matrix, order: count)
      weights = factor.solve(accuracies.map { $0 - mean })
      inverse = factor.inverse
      factorLogDeterminant = factor.logDeterminant
    } catch { throw .numerics("Gaussian process: \(error.description)") }
  }

  /// log p(y | X) = −½ (y − m)ᵀ α − ½ log |K + N| − n/2 · log 2π (Rasmussen, Williams, equation 2.30).
  var logMarginalLikelihood: Double {
    let fit = zip(accuracies, weights).reduce(0) { $0 + ($1.0 - mean) * $1.1 }
    return -0.5 * (fit + factorLogDeterminant + Double(count) * Elementary.log(2 * .pi))
  }

  /// θ of features, held within 0…1. Complexity: O(n · features), without allocation.
  func value(_ features: (Int) -> Double) -> Double {
    let reach = hyperparameters.length * hyperparameters.length
    var value = mean
    for i in 0..<count {
      var squared = 0.0
      for k in 0..<dimension {
        let difference = (features(k) - centres[k]) / deviations[k] - points[i * dimension + k]
        squared += difference * difference
      }
      value += weights[i] * hyperparameters.variance * kernel(squared / reach).value
    }
    return min(1, max(0, value))
  }

  /// The covariance of θ at two points: k(x, x′) − kᵀ (K + N)⁻¹ k′. Complexity: O(n² + n · features).
  func covariance(_ first: [Double], _ second: [Double]) -> Double {
    var squared = 0.0
    for k in 0..<dimension {
      let difference = (first[k] - second[k]) / (deviations[k] * hyperparameters.length)
      squared += difference * difference
    }
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * count) { room in
      let (a, b) = (
        UnsafeMutableBufferPointer(rebasing: room[..<count]), UnsafeMutableBufferPointer(rebasing: room[count...])
      )
      writeKernels({ first[$0] }, to: a)
      writeKernels({ second[$0] }, to: b)
      return hyperparameters.variance * kernel(squared).value - explained(a, b)
    }
  }

  /// The variance of θ at features. Complexity: O(n² + n · features), without allocation.
  func variance(_ features: (Int) -> Double) -> Double {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { kernels in
      writeKernels(features, to: kernels)
      return hyperparameters.variance * kernel(0).value - explained(kernels, kernels)
    }
  }

  private func explained(
    _ a: UnsafeMutableBufferPointer<Double>, _ b: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    var explained = 0.0
    for i in 0..<count {
      var row = 0.0
      for j in 0..<count { row += inverse[i * count + j] * b[j] }
      explained += a[i] * row
    }
    return explained
  }

  /// The kernel between features and every sample.
  private func writeKernels(_ features: (Int) -> Double, to kernels: UnsafeMutableBufferPointer<Double>) {
    let reach = hyperparameters.length * hyperparameters.length
    for i in 0..<count {
      var squared = 0.0
      for k in 0..<dimension {
        let difference = (features(k) - centres[k]) / deviations[k] - points[i * dimension + k]
        squared += difference * difference
      }
      kernels[i] = hyperparameters.variance * kernel(squared / reach).value
    }
  }

  /// Mean and variance of θ at sample `index` by the process without it, at the same hyperparameters and standardisation
  /// (Rasmussen, Williams, equation 5.12), the mean of the accuracies without it too. Complexity: O(n).
  func leftOut(_ index: Int) -> (value: Double, variance: Double) {
    let precision = inverse[index * count + index]
    let own = hyperparameters.noise + variances[index]
    // y − m₋ᵢ = y − m + (m − m₋ᵢ): the second part goes through the sum of a row of the inverse.
    let shift = (accuracies[index] - mean) / Double(count - 1)
    let row = inverse[(index * count)..<((index + 1) * count)].reduce(0, +)
    return (accuracies[index] - (weights[index] + shift * row) / precision, max(0, 1 / precision - own))
  }

  /// Means and deviations of features; a feature that does not vary keeps its unit.
  struct Scaling {
    let centres: [Double]
    let deviations: [Double]

    init(_ rows: [[Double]]) {
      let columns = (rows.first ?? []).indices.map { k in rows.map { $0[k] } }
      centres = columns.map { Statistics.mean($0) }
      deviations = columns.map { column in
        let deviation = Statistics.populationDeviation(column)
        return deviation > 1e-12 * abs(Statistics.mean(column)) ? deviation : 1
      }
    }

    func standardised(_ rows: [[Double]]) -> [Double] {
      rows.flatMap { row in row.indices.map { (row[$0] - centres[$0]) / deviations[$0] } }
    }
  }

  private static func squaredDistance(_ points: [Double], _ i: Int, _ j: Int, _ dimension: Int) -> Double {
    var squared = 0.0
    for k in 0..<dimension {
      let difference = points[i * dimension + k] - points[j * dimension + k]
      squared += difference * difference
    }
    return squared
  }
}

extension GaussianProcess {
  /// The hyperparameters with the largest marginal likelihood: the variances between 1e-4 and 1e3, and 1e-6 and 1e2 (the
  /// noise), times the variance of the accuracies; the length between 0.05 and 50 deviations of the features.
  ///
  /// Quasi-Newton from the best two of 24 starts, or from `start`. Complexity: O(n³) an evaluation.
  /// - Throws: `AccuracyError.numerics` where no start has a likelihood.
  init(
    fitting kernel: Kernel, rows: [[Double]], accuracies: [Double], variances: [Double],
    start: Hyperparameters? = nil
  ) throws(AccuracyError) {
    let scaling = Scaling(rows)
    let points = scaling.standardised(rows)
    let centre = Statistics.mean(accuracies)
    // Equal accuracies have no scale of their own: any unit does.
    let unit = max(accuracies.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / Double(accuracies.count), 1e-12)
    let likelihood = Likelihood(
      kernel: kernel, points: points, dimension: scaling.centres.count,
      residuals: accuracies.map { ($0 - centre) / unit.squareRoot() }, variances: variances.map { $0 / unit })
    let starts = start.map { [likelihood.transformed($0, unit)] } ?? likelihood.starts
    var best: QuasiNewtonMinimum?
    for start in starts {
      guard let found = try? QuasiNewtonMinimum(from: start, step: 0.1, tolerance: 1e-5, { likelihood.negated($0) })
      else { continue }
      if found.value < best?.value ?? .infinity { best = found }
    }
    guard let best else { throw .numerics("Gaussian process: no hyperparameters have a likelihood") }
    try self.init(
      kernel, likelihood.hyperparameters(best.point, unit), scaling, points: points, accuracies: accuracies,
      variances: variances)
  }

  /// The marginal likelihood of accuracies with variance 1 over logarithms of variance, length and noise, each u ↦ lower +
  /// (upper − lower) · sin² u, so that a bound can be reached and not passed.
  private struct Likelihood {
    let kernel: Kernel
    let points: [Double]
    let dimension: Int
    let residuals: [Double]
    let variances: [Double]

    static let bounds = [(1e-4, 1e3), (0.05, 50), (1e-6, 1e2)].map { (Elementary.log($0.0), Elementary.log($0.1)) }

    func hyperparameters(_ u: [Double], _ unit: Double) -> Hyperparameters {
      let values = zip(u, Self.bounds).map { u, bounds in
        Elementary.exp(bounds.0 + (bounds.1 - bounds.0) * (1 - Elementary.cos(2 * u)) / 2)
      }
      return Hyperparameters(variance: values[0] * unit, length: values[1], noise: values[2] * unit)
    }

    func transformed(_ hyperparameters: Hyperparameters, _ unit: Double) -> [Double] {
      transformed([hyperparameters.variance / unit, hyperparameters.length, hyperparameters.noise / unit])
    }

    private func transformed(_ values: [Double]) -> [Double] {
      zip(values, Self.bounds).map { value, bounds in
        // Off the bounds, where the slope would be 0.
        let share = min(0.999, max(0.001, (Elementary.log(value) - bounds.0) / (bounds.1 - bounds.0)))
        return Elementary.arcsine(share.squareRoot())
      }
    }

    /// The two best of a grid, as local searches start from them.
    var starts: [[Double]] {
      var found: [(start: [Double], value: Double)] = []
      for length in [0.2, 0.5, 1, 2, 5, 20] {
        for noise in [0.003, 0.03, 0.2, 0.7] {
          let start = transformed([1, length, noise])
          let value = negated(start).value
          if value.isFinite { found.append((start, value)) }
        }
      }
      return found.sorted { $0.value < $1.value }.prefix(2).map(\.start)
    }

    /// −log p and its gradient (Rasmussen, Williams, equation 5.9).
    func negated(_ u: [Double]) -> (value: Double, gradient: [Double]) {
      let nowhere = (Double.infinity, [0.0, 0, 0])
      let (variance, length, noise) = {
        let found = hyperparameters(u, 1)
        return (found.variance, found.length, found.noise)
      }()
      let count = residuals.count
      var matrix = [Double](repeating: 0, count: count * count)
      var slopes = matrix
      for i in 0..<count {
        matrix[i * count + i] = variance + noise + variances[i]
        for j in 0..<i {
          let entry = kernel(GaussianProcess.squaredDistance(points, i, j, dimension) / (length * length))
          matrix[i * count + j] = variance * entry.value
          matrix[j * count + i] = matrix[i * count + j]
          slopes[i * count + j] = variance * entry.slope
        }
      }
      guard let factor = try? Cholesky(matrix, order: count) else { return nowhere }
      let weights = factor.solve(residuals)
      let inverse = factor.inverse
      var fit = 0.0
      for (weight, residual) in zip(weights, residuals) { fit += weight * residual }
      var gradient = [0.0, 0, 0]
      for i in 0..<count {
        let own = weights[i] * weights[i] - inverse[i * count + i]
        gradient[0] -= 0.5 * own * variance
        gradient[2] -= 0.5 * own * noise
        for j in 0..<i {
          let pair = weights[i] * weights[j] - inverse[i * count + j]
          gradient[0] -= pair * matrix[i * count + j]
          gradient[1] -= pair * slopes[i * count + j]
        }
      }
      for (k, bounds) in Self.bounds.enumerated() {
        gradient[k] *= (bounds.1 - bounds.0) * Elementary.sin(2 * u[k])
      }
      return (0.5 * (fit + factor.logDeterminant + Double(count) * Elementary.log(2 * .pi)), gradient)
    }
  }
}
