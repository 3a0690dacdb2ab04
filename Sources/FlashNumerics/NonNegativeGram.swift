/// Non-negative least squares from sums of products alone: many fits over parts of the same rows and columns.
///
/// A fit needs XᵀX and Xᵀy. The squared condition number costs up to half of the digits, so that this compares sets of
/// columns and penalties; the fit that is kept is `NonNegativeFit`'s.
///
/// Source: Bro, De Jong, "A fast non-negativity-constrained least squares algorithm", Journal of Chemometrics 11(5),
/// 1997: Lawson and Hanson's active set on XᵀX. Deviations: columns are scaled to unit length first; a column that those
/// in the fit explain to 1e-10 of its square (chosen) does not join.
public struct NonNegativeGram: Sendable {
  /// Columns of the sums of products.
  public let order: Int
  /// XᵀX, row by row.
  private var products: [Double]
  /// Xᵀy.
  private var moments: [Double]

  /// Sums over no row yet.
  public init(order: Int) {
    self.order = order
    products = Array(repeating: 0, count: order * order)
    moments = Array(repeating: 0, count: order)
  }

  /// Adds a row `weight` times; a negative weight takes it out again. Complexity: O(order²).
  ///
  /// - Precondition: `order` numbers.
  public mutating func add(_ row: [Double], target: Double, weight: Double = 1) {
    precondition(row.count == order, "as many numbers as columns")
    for i in 0..<order {
      let value = weight * row[i]
      moments[i] += value * target
      for j in 0..<order { products[i * order + j] += value * row[j] }
    }
  }

  /// The β ≥ 0 that minimises Σ weight (y − Xβ)² + λ Σ (|xₖ| βₖ)² over the columns named; as many numbers.
  ///
  /// - Parameter penalty: λ ≥ 0, in units of the columns' squared lengths.
  /// - Complexity: O(p³) per step for p columns; the steps are few (about p).
  public func solve(_ columns: [Int], penalty: Double = 0) -> [Double] {
    let width = columns.count
    let lengths = columns.map { max(products[$0 * order + $0], 0).squareRoot() }
    var gram = [Double](repeating: 0, count: width * width)
    var target = [Double](repeating: 0, count: width)
    for i in 0..<width where lengths[i] > 0 {
      target[i] = moments[columns[i]] / lengths[i]
      for j in 0..<width where lengths[j] > 0 {
        gram[i * width + j] = products[columns[i] * order + columns[j]] / (lengths[i] * lengths[j])
      }
      gram[i * width + i] = 1 + penalty
    }
    var system = ActiveSet(gram: gram, target: target)
    system.run(canEnter: lengths.map { $0 > 0 })
    return zip(system.solution, lengths).map { $1 > 0 ? $0 / $1 : 0 }
  }
}

/// Lawson and Hanson's active set over a scaled Gram matrix.
private struct ActiveSet {
  let gram: [Double]
  let target: [Double]
  var solution: [Double]
  /// The columns in the fit, in the order of their entry.
  private var free: [Int] = []
  private var factor: [Double]
  private var candidate: [Double]

  init(gram: [Double], target: [Double]) {
    self.gram = gram
    self.target = target
    solution = Array(repeating: 0, count: target.count)
    candidate = solution
    factor = Array(repeating: 0, count: gram.count)
  }

  mutating func run(canEnter: [Bool]) {
    var canEnter = canEnter
    let width = target.count
    let tolerance = 1e-12 * target.reduce(0) { max($0, abs($1)) }
    for _ in 0..<(10 * width) {
      var entering: Int?
      var steepest = tolerance
      for k in 0..<width where canEnter[k] && !free.contains(k) {
        var descent = target[k]
        for j in free { descent -= gram[k * width + j] * solution[j] }
        if descent > steepest { (entering, steepest) = (k, descent) }
      }
      guard let entering else { return }
      free.append(entering)
      guard solve(), candidate[entering] > 0 else {
        // Dependent on those in the fit, or turned around by rounding: it stays out for good.
        free.removeLast()
        canEnter[entering] = false
        continue
      }
      guard retreat() else { return }
    }
  }

  /// Steps towards the candidate, leaving out what reaches 0, until no coefficient is below 0.
  private mutating func retreat() -> Bool {
    while true {
      var step = 1.0
      var blocking: Int?
      for k in free where candidate[k] <= 0 {
        let part = solution[k] / (solution[k] - candidate[k])
        if part < step || blocking == nil { (step, blocking) = (part, k) }
      }
      guard let blocking else {
        for k in free { solution[k] = candidate[k] }
        return true
      }
      for k in free { solution[k] += step * (candidate[k] - solution[k]) }
      solution[blocking] = 0
      free.removeAll { k in
        guard solution[k] <= 0 else { return false }
        solution[k] = 0
        return true
      }
      guard solve() else { return false }
    }
  }

  /// The least-squares candidate over the free columns by Cholesky's factor; false where they are dependent.
  private mutating func solve() -> Bool {
    let (width, count) = (target.count, free.count)
    for i in 0..<count {
      for j in 0...i {
        var sum = gram[free[i] * width + free[j]]
        for k in 0..<j { sum -= factor[i * width + k] * factor[j * width + k] }
        if i == j {
          guard sum > 1e-10 else { return false }
          factor[i * width + i] = sum.squareRoot()
        } else {
          factor[i * width + j] = sum / factor[j * width + j]
        }
      }
    }
    for i in 0..<count {
      var sum = target[free[i]]
      for k in 0..<i { sum -= factor[i * width + k] * candidate[free[k]] }
      candidate[free[i]] = sum / factor[i * width + i]
    }
    for i in stride(from: count - 1, through: 0, by: -1) {
      var sum = candidate[free[i]]
      for k in (i + 1)..<max(count, i + 1) { sum -= factor[k * width + i] * candidate[free[k]] }
      candidate[free[i]] = sum / factor[i * width + i]
    }
    return true
  }
}
