internal import FlashNumerics

/// What order points will have by score: five ridge regressions, each on four fifths of the points scored.
///
/// Features: z_i = log(1 + x_i − min(0, least)) of the variables that are not fixed, less its mean and over its deviation,
/// and, of at most 20 variables, all products z_i·z_j, i ≤ j. Target: the share of all scores that are better, so that
/// infeasible points have their place too. Each member minimises Σ (target − 1/2 − βᵀφ)² + |β|², without the latter for
/// the constant; the ensemble's prediction is the members' mean, which is one linear function.
///
/// Source: Hoerl, Kennard, Technometrics 12(1), 1970; the ensemble: Liu et al., ECCV 2018.
struct RidgeEnsemble {
  private static let members = 5
  /// Next to no penalty of the constant, so that no points at all are solved too.
  private static let constantPenalty = 1e-6

  private let map: FeatureMap
  /// The means of the members' coefficients, the constant first.
  private let mean: [Double]
  /// Each point as predicted by the member that was not fitted to it.
  let leftOut: [Double]

  /// Fits points to the shares of scores that are better. Complexity: O(points · features² + features³).
  ///
  /// - Returns: `nil` where there are no points or a system has no solution.
  init?(_ points: [[Int]], targets: [Double], _ variables: [IntegerVariable], _ axes: [Int]) {
    guard !points.isEmpty else { return nil }
    let map = FeatureMap(points, variables, axes)
    let rows = points.map(map.row)
    guard let fitted = Self.fit(rows, targets, map.width) else { return nil }
    self.map = map
    mean = (0..<map.width).map { column in Statistics.mean(fitted.map { $0[column] }) }
    leftOut = rows.enumerated().map { index, row in
      zip(row, fitted[index % Self.members]).reduce(0) { $0 + $1.0 * $1.1 }
    }
  }

  /// The place that a point will have among all scored: the less, the better. No allocation.
  func predict(_ point: [Int]) -> Double {
    var (sum, column) = (0.0, 0)
    map.forEachFeature(of: point) {
      sum += mean[column] * $0
      column += 1
    }
    return sum
  }

  /// The members' coefficients. Member m is fitted to the rows whose number leaves another rest than m by five.
  private static func fit(_ rows: [[Double]], _ targets: [Double], _ width: Int) -> [[Double]]? {
    // Lower triangles of φφᵀ, column by column, and φ·target, summed over the rows of each rest.
    var squares = Array(repeating: [Double](repeating: 0, count: width * width), count: members)
    var products = Array(repeating: [Double](repeating: 0, count: width), count: members)
    for (index, row) in rows.enumerated() {
      let rest = index % members
      for column in 0..<width {
        products[rest][column] += row[column] * (targets[index] - 0.5)
        let factor = row[column]
        for line in column..<width { squares[rest][column * width + line] += factor * row[line] }
      }
    }
    var fitted: [[Double]] = []
    for member in 0..<members {
      var matrix = [Double](repeating: 0, count: width * width)
      var vector = [Double](repeating: 0, count: width)
      for rest in 0..<members where rest != member {
        for index in matrix.indices { matrix[index] += squares[rest][index] }
        for column in vector.indices { vector[column] += products[rest][column] }
      }
      matrix[0] += constantPenalty
      for column in 1..<max(width, 1) { matrix[column * width + column] += 1 }
      guard let factor = try? Cholesky(matrix, order: width) else { return nil }
      fitted.append(factor.solve(vector))
    }
    return fitted
  }
}

/// The features of points: logarithms of coordinates, brought to mean 0 and deviation 1, and their products.
private struct FeatureMap {
  /// Above this many variables there are no products: their number grows with the square (chosen).
  private static let mostWithProducts = 20

  private let axes: [Int]
  private let shifts: [Double]
  private let means: [Double]
  private let scales: [Double]
  private let hasProducts: Bool
  /// The number of features, the constant among them.
  let width: Int

  init(_ points: [[Int]], _ variables: [IntegerVariable], _ axes: [Int]) {
    self.axes = axes
    let shifts = axes.map { 1 - Double(min(0, variables[$0].lower)) }
    let logs = zip(axes, shifts).map { axis, shift in points.map { Elementary.log(Double($0[axis]) + shift) } }
    self.shifts = shifts
    means = logs.map { Statistics.mean($0) }
    scales = logs.map {
      let deviation = Statistics.populationDeviation($0)
      return deviation > 0 ? 1 / deviation : 0
    }
    hasProducts = axes.count <= Self.mostWithProducts
    width = 1 + axes.count + (hasProducts ? axes.count * (axes.count + 1) / 2 : 0)
  }

  func row(_ point: [Int]) -> [Double] {
    var row: [Double] = []
    row.reserveCapacity(width)
    forEachFeature(of: point) { row.append($0) }
    return row
  }

  /// Calls `body` with each feature in turn. No allocation.
  @inline(__always)
  func forEachFeature(of point: [Int], _ body: (Double) -> Void) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: axes.count) { z in
      body(1)
      for index in axes.indices {
        z[index] = (Elementary.log(Double(point[axes[index]]) + shifts[index]) - means[index]) * scales[index]
        body(z[index])
      }
      guard hasProducts else { return }
      for first in axes.indices {
        for second in first..<axes.count { body(z[first] * z[second]) }
      }
    }
  }
}
