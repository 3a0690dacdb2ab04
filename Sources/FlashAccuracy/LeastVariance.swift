internal import FlashNumerics

/// A lower bound of a curve's variance over boxes of features.
///
/// The variance is (dθ/dη)² · zᵀΣz with z the terms that η is linear in, or of a saturating curve ∂η/∂coordinates. With
/// Σ = L·Lᵀ it is a sum of squares (Lᵀz)ₖ², each of which is bounded by interval arithmetic, so that all is never below 0
/// and exact where the box is a point.
struct LeastVariance: Sendable {
  private let order: Int
  /// L row by row; empty where Σ is no covariance: its variance is bounded by 0.
  private let factor: [Double]

  init(_ covariance: [[Double]]) {
    order = covariance.count
    factor = Self.factor(covariance) ?? []
  }

  /// L with L·Lᵀ = Σ for a positive semidefinite Σ; `nil` for any other. A pivot that rounding may have left of 0 is 0.
  private static func factor(_ covariance: [[Double]]) -> [Double]? {
    let order = covariance.count
    var factor = [Double](repeating: 0, count: order * order)
    for column in 0..<order {
      for row in column..<order {
        // That of Σ's symmetric part, which has the same variance: of a fit the halves differ by rounding.
        var rest = (covariance[row][column] + covariance[column][row]) / 2
        for k in 0..<column { rest -= factor[row * order + k] * factor[column * order + k] }
        let scale = (covariance[row][row] * covariance[column][column]).squareRoot()
        let isZero = !(abs(rest) > 1e-14 * scale)
        if row == column {
          guard rest > 0 || isZero else { return nil }
          factor[row * order + column] = isZero ? 0 : rest.squareRoot()
        } else if factor[column * order + column] > 0 {
          factor[row * order + column] = rest / factor[column * order + column]
        } else {
          guard isZero else { return nil }
        }
      }
    }
    return factor.allSatisfy(\.isFinite) ? factor : nil
  }

  /// - Parameters:
  ///   - gradient: that of the curve which the covariance is of.
  ///   - accuracy: between which values θ lies over the box.
  /// - Complexity: O(order²), without allocation.
  func value(
    _ gradient: CurveGradient, over box: (Int) -> ClosedRange<Double>, accuracy: (least: Double, most: Double)
  ) -> Double {
    guard !factor.isEmpty, gradient.count == order else { return 0 }
    return withUnsafeTemporaryAllocation(of: Term.self, capacity: order) { terms in
      let slope = gradient.writeTerms(box, accuracy, to: terms)
      var (sum, size) = (0.0, 0.0)
      for column in 0..<order {
        var (least, most) = (0.0, 0.0)
        for row in column..<order {
          let (entry, term) = (factor[row * order + column], terms[row])
          least += min(entry * term.least, entry * term.most)
          most += max(entry * term.least, entry * term.most)
          size += abs(entry) * max(abs(term.least), abs(term.most))
        }
        if least > 0 { sum += least * least }
        if most < 0 { sum += most * most }
      }
      // Rounding, of the sums here and of the evaluation, is off by less than this.
      let variance = slope * slope * (1 - 1e-9) * (sum - 1e-12 * size * size)
      return variance > 0 ? variance : 0
    }
  }

  /// The ends of a part of z.
  struct Term {
    var least: Double
    var most: Double

    static func + (a: Term, b: Term) -> Term { Term(least: a.least + b.least, most: a.most + b.most) }

    static func * (a: Term, b: Term) -> Term {
      let (p, q, r, s) = (a.least * b.least, a.least * b.most, a.most * b.least, a.most * b.most)
      return Term(least: min(min(p, q), min(r, s)), most: max(max(p, q), max(r, s)))
    }

    static func * (factor: Double, a: Term) -> Term {
      factor < 0
        ? Term(least: factor * a.most, most: factor * a.least) : Term(least: factor * a.least, most: factor * a.most)
    }

    /// x·log x for x ≥ 0 between these ends: it falls to −1/e at 1/e, then rises.
    var timesLogarithm: Term {
      func value(_ x: Double) -> Double { x > 0 ? x * Elementary.log(x) : 0 }
      let (first, last) = (value(least), value(most))
      let turn = Elementary.exp(-1)
      return Term(least: least < turn && turn < most ? -turn : min(first, last), most: max(first, last))
    }
  }
}

extension CurveGradient {
  /// Writes ∂η/∂coordinates over a box, and returns the least |dθ/dη| there.
  fileprivate func writeTerms(
    _ box: (Int) -> ClosedRange<Double>, _ accuracy: (least: Double, most: Double),
    to terms: UnsafeMutableBufferPointer<LeastVariance.Term>
  ) -> Double {
    terms[0] = LeastVariance.Term(least: 1, most: 1)
    switch self {
    case .constant, .none: return 1
    case .regression(let regression):
      for (k, transform) in regression.transforms.enumerated() {
        let range = box(k)
        terms[k + 1] = LeastVariance.Term(least: transform(range.lowerBound), most: transform(range.upperBound))
      }
      guard regression.link == .logistic else { return 1 }
      return min(accuracy.least * (1 - accuracy.least), accuracy.most * (1 - accuracy.most))
    case .saturating(let shape):
      shape.writeTerms(box(0), to: terms)
      return shape.form.kind == .power ? 1 : accuracy.least * accuracy.least
    }
  }
}

extension SaturatingForm.Shape {
  /// 1, φ, ∂η/∂log κ and, of `flash-power`, ∂η/∂log p between two values of g, outward by more than rounding takes.
  ///
  /// All are functions of e = exp(κ·v), which falls when g rises: φ = (e − e₀)/(1 − e₀) with e₀ that of the largest g;
  /// ∂η/∂log κ = Q·(m(e) − m₀ + φ·m₀)/(1 − e₀) with m(e) = e·log e; and ∂η/∂log p the same with m = κ·e·r·log r, where
  /// r = (g_lo/g)ᵖ.
  fileprivate func writeTerms(
    _ range: ClosedRange<Double>, to terms: UnsafeMutableBufferPointer<LeastVariance.Term>
  ) {
    typealias Term = LeastVariance.Term
    let ends = (
      least: form.exponent(range.upperBound, power: power).value,
      most: form.exponent(range.lowerBound, power: power).value
    )
    let top = Term(least: Elementary.exp(scale * ends.least), most: Elementary.exp(scale * ends.most))
    let width = 1 - base
    // Differences of numbers near 1 over a small width.
    let rounding = 1e-13 * (1 + 1 / width) * (1 + 1 / width)
    func widened(_ term: Term) -> Term {
      let room = rounding * (1 + max(abs(term.least), abs(term.most)))
      return Term(least: term.least - room, most: term.most + room)
    }
    let phi = Term(least: (top.least - base) / width, most: (top.most - base) / width)
    func inner(_ here: Term, _ last: Double) -> Term {
      (slope / width) * (here + Term(least: -last, most: -last) + last * phi)
    }
    terms[1] = widened(phi)
    terms[2] = widened(inner(top.timesLogarithm, base * scale * last.value))
    guard form.kind == .flashPower else { return }
    let ratio = Term(least: 1 + ends.least, most: 1 + ends.most)
    terms[3] = widened(inner(scale * (top * ratio.timesLogarithm), base * scale * last.slope))
  }
}
