/// How a part of an objective reads the costs of lanes: as a product of their powers, as a sum of their logarithms, as a
/// weighted sum of them, beside what reads no cost; each `nil` where it is no such thing. What reads no cost is all three.
struct CostForms {
  private var powers: SIMD4<Int64>? = .zero
  private var logarithms: SIMD4<Int64>? = .zero
  private var weights: SIMD4<Double>? = .zero

  /// No cost is read.
  static let none = CostForms()

  private init(powers: SIMD4<Int64>? = .zero, logarithms: SIMD4<Int64>? = .zero, weights: SIMD4<Double>? = .zero) {
    (self.powers, self.logarithms, self.weights) = (powers, logarithms, weights)
  }

  /// The cost of a lane.
  init(_ lane: Int) {
    var (power, weight) = (SIMD4<Int64>.zero, SIMD4<Double>.zero)
    (power[lane], weight[lane]) = (1, 1)
    self.init(powers: power, logarithms: nil, weights: weight)
  }

  private var isNone: Bool { powers == .zero }

  private static let unknown = CostForms(powers: nil, logarithms: nil, weights: nil)

  /// Of a function that is none of the three.
  var mapped: CostForms { isNone ? .none : .unknown }

  static func mapped(_ a: CostForms, _ b: CostForms) -> CostForms { a.isNone && b.isNone ? .none : .unknown }

  var negated: CostForms {
    CostForms(powers: powers, logarithms: logarithms.map { 0 &- $0 }, weights: weights.map { -$0 })
  }

  var logarithm: CostForms { isNone ? .none : CostForms(powers: nil, logarithms: powers, weights: nil) }

  /// One over it.
  var inverse: CostForms { isNone ? .none : CostForms(powers: powers.map { 0 &- $0 }, logarithms: nil, weights: nil) }

  func plus(_ other: CostForms) -> CostForms {
    func sum<Sum>(_ a: Sum?, _ b: Sum?, _ add: (Sum, Sum) -> Sum) -> Sum? { a.flatMap { a in b.map { add(a, $0) } } }
    return CostForms(
      powers: isNone && other.isNone ? .zero : nil, logarithms: sum(logarithms, other.logarithms, &+),
      weights: sum(weights, other.weights, +))
  }

  /// - Parameters:
  ///   - value: the only value of this factor; `nil` where there are more.
  ///   - otherValue: that of the other.
  func times(_ other: CostForms, _ value: Double? = nil, _ otherValue: Double? = nil) -> CostForms {
    if isNone, other.isNone { return .none }
    let scaled = value.flatMap { value in other.weights.map { value * $0 } }
    return CostForms(
      powers: powers.flatMap { a in other.powers.map { a &+ $0 } }, logarithms: nil,
      weights: scaled ?? otherValue.flatMap { value in weights.map { value * $0 } })
  }

  /// What an objective of this is.
  var form: MonotoneObjective.Form {
    if let powers {
      let (none, ups, downs) = (powers .== 0, powers .== 1, powers .== -1)
      if all(none .| ups) { return .product(ups) }
      if all(none .| downs) { return .product(downs) }
    }
    if let logarithms, all(logarithms .== 0 .| (logarithms .== 1)) { return .logarithms(logarithms .== 1) }
    if let weights, all(weights .>= 0) { return .sum(weights) }
    return .other
  }
}
