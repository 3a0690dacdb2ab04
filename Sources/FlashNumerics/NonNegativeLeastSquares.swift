/// A linear least-squares fit without negative coefficients.
///
/// Requirements: more rows than columns, finite numbers, no column of zeros alone.
///
/// Source: Lawson, Hanson, "Solving Least Squares Problems", 1974, algorithm NNLS (active set). Deviations: columns are
/// scaled to unit length first, each unconstrained subproblem is solved by singular value decomposition, and the active set
/// begins with that of `NonNegativeGram`, which is most often the last one too.
public struct NonNegativeFit: Sendable {
  /// One coefficient ≥ 0 per column.
  public let coefficients: [Double]
  /// Σ residual².
  public let residualSumOfSquares: Double

  /// Minimises Σ (yᵢ − Σₖ xᵢₖ βₖ)² over β ≥ 0.
  ///
  /// - Throws: `tooFewRows` unless n > p; `invalidInput` for a row of another length, a value that is not finite, or a
  ///   column of zeros.
  /// - Complexity: O(n p²) per step; the steps are few (about p).
  public init(rows: [[Double]], targets: [Double]) throws(NumericsError) {
    let width = rows.first?.count ?? 0
    guard width > 0, rows.count > width else { throw .tooFewRows(found: rows.count, needed: width + 1) }
    guard rows.allSatisfy({ $0.count == width }), targets.count == rows.count else {
      throw .invalidInput("least squares: rows and targets differ in length")
    }
    guard rows.joined().allSatisfy(\.isFinite), targets.allSatisfy(\.isFinite) else {
      throw .invalidInput("least squares: a value is not finite")
    }
    let scales = (0..<width).map { k in rows.reduce(0) { $0 + $1[k] * $1[k] }.squareRoot() }
    guard scales.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw .invalidInput("least squares: a column is 0 in every row")
    }
    let scaled = rows.map { row in zip(row, scales).map { $0 / $1 } }
    let solution = try Self.activeSet(scaled, targets)
    coefficients = zip(solution, scales).map { $0 / $1 }
    residualSumOfSquares = Self.residuals(scaled, targets, solution).reduce(0) { $0 + $1 * $1 }
  }

  private static func residuals(_ rows: [[Double]], _ targets: [Double], _ solution: [Double]) -> [Double] {
    zip(rows, targets).map { row, target in target - zip(row, solution).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  /// −½ of the gradient: Xᵀ(y − Xβ).
  private static func descent(_ rows: [[Double]], _ targets: [Double], _ solution: [Double]) -> [Double] {
    let residuals = residuals(rows, targets, solution)
    return solution.indices.map { k in zip(rows, residuals).reduce(0) { $0 + $1.0[k] * $1.1 } }
  }

  private static func activeSet(_ rows: [[Double]], _ targets: [Double]) throws(NumericsError) -> [Double] {
    let width = rows[0].count
    let tolerance = 1e-12 * targets.reduce(0) { $0 + $1 * $1 }.squareRoot()
    var (solution, isFree) = try start(rows, targets)
    for _ in 0..<(10 * width) {
      let descent = descent(rows, targets, solution)
      guard let entering = (0..<width).filter({ !isFree[$0] }).max(by: { descent[$0] < descent[$1] }),
        descent[entering] > tolerance
      else { return solution }
      isFree[entering] = true
      var candidate = try solve(rows, targets, isFree)
      // Rounding may turn the entering coefficient around: it then stays out for good.
      guard candidate[entering] > 0 else { return solution }
      while let blocking = isFree.indices.filter({ isFree[$0] && candidate[$0] <= 0 })
        .min(by: { step(solution, candidate, $0) < step(solution, candidate, $1) })
      {
        let step = step(solution, candidate, blocking)
        for k in 0..<width where isFree[k] { solution[k] += step * (candidate[k] - solution[k]) }
        solution[blocking] = 0
        for k in 0..<width where isFree[k] && solution[k] <= 0 {
          solution[k] = 0
          isFree[k] = false
        }
        candidate = try solve(rows, targets, isFree)
      }
      solution = candidate
    }
    return solution
  }

  /// The solution over the columns that sums of products alone leave in the fit, where none of its coefficients is
  /// below 0; else nothing.
  private static func start(
    _ rows: [[Double]], _ targets: [Double]
  ) throws(NumericsError) -> (solution: [Double], isFree: [Bool]) {
    let width = rows[0].count
    var gram = NonNegativeGram(order: width)
    for (row, target) in zip(rows, targets) { gram.add(row, target: target) }
    let isFree = gram.solve(Array(0..<width)).map { $0 > 0 }
    let solution = try solve(rows, targets, isFree)
    let isFeasible = zip(solution, isFree).allSatisfy { $0 > 0 || !$1 }
    let none = (solution: [Double](repeating: 0, count: width), isFree: [Bool](repeating: false, count: width))
    return isFeasible ? (solution, isFree) : none
  }

  /// The fraction of the way from `solution` to `candidate` at which coefficient k reaches 0.
  private static func step(_ solution: [Double], _ candidate: [Double], _ k: Int) -> Double {
    solution[k] / (solution[k] - candidate[k])
  }

  /// The least-squares solution over the free columns, 0 elsewhere.
  private static func solve(
    _ rows: [[Double]], _ targets: [Double], _ isFree: [Bool]
  ) throws(NumericsError) -> [Double] {
    let free = isFree.indices.filter { isFree[$0] }
    var solution = [Double](repeating: 0, count: isFree.count)
    guard !free.isEmpty else { return solution }
    let fit = try LinearFit(rows: rows.map { row in free.map { row[$0] } }, targets: targets)
    for (k, value) in zip(free, fit.coefficients) { solution[k] = value }
    return solution
  }
}
