internal import FlashNumerics

/// An objective that never falls when a cost rises, and never rises with accuracy: its value where costs are least and
/// accuracy is largest bounds it from below.
///
/// Whether an expression is such a one is decided part by part, from the interval and the direction of each. The value is
/// rigorous in floating-point arithmetic: + − · / √ min max round correctly, and so never fall where the exact function
/// does not; after log, exp and ^ the value moves outward by their error.
struct MonotoneObjective: Sendable {
  /// The direction of a part when costs rise and accuracy falls.
  enum Direction {
    case constant, rising, falling

    var reversed: Direction {
      switch self {
      case .constant: .constant
      case .rising: .falling
      case .falling: .rising
      }
    }

    /// Reversed where a factor is not positive.
    func times(_ isPositive: Bool) -> Direction { isPositive ? self : reversed }

    /// That of a sum; `nil` where the parts pull against each other.
    static func both(_ a: Direction, _ b: Direction) -> Direction? {
      if a == .constant { return b }
      return b == .constant || a == b ? a : nil
    }
  }

  enum Step: Sendable {
    case number(Double)
    case accuracy
    /// The cost in a lane.
    case cost(Int)
    case add, subtract, multiply, divide, negate, squareRoot, minimum, maximum
    /// The last value moves by so many of its own units of 2⁻⁵³, and 2⁻⁵⁰: down for a rising part, up for a falling one.
    case log(Double)
    case exp(Double)
    case power(Double)
  }

  /// What an objective makes of its costs, beside what reads no cost.
  enum Form {
    /// A product of it all: the lanes whose costs multiply or divide, once each.
    case product(SIMDMask<SIMD4<Int64>>)
    /// A sum of it and of the costs' logarithms, once each.
    case logarithms(SIMDMask<SIMD4<Int64>>)
    /// A sum of it and of the costs with these weights, none negative.
    case sum(SIMD4<Double>)
    case other

    /// The lanes of a product, or of logarithms: the objective is a function of their product.
    var factors: SIMDMask<SIMD4<Int64>>? {
      switch self {
      case .product(let lanes), .logarithms(let lanes): lanes
      case .sum, .other: nil
      }
    }
  }

  let steps: [Step]
  let form: Form

  /// A part of the expression: where its values lie over the whole space, and its direction.
  private struct Part {
    let range: Interval
    let direction: Direction
    var costs = CostForms.none

    /// The sign; `nil` where both are met.
    var isPositive: Bool? { range.lower >= 0 ? true : range.upper <= 0 ? false : nil }

    /// The only value but for rounding, far less than joint costs are lowered by; `nil` where there are more.
    var value: Double? { range.upper - range.lower <= 1e-14 * abs(range.lower) ? range.lower : nil }

    /// A rising function of the part.
    func mapped(_ range: Interval, _ costs: CostForms? = nil) -> Part {
      Part(range: range, direction: direction, costs: costs ?? self.costs.mapped)
    }
  }

  /// - Parameters:
  ///   - lanes: the costs, in the order in which values are given.
  ///   - range: where a quantity lies over the whole space.
  /// - Returns: `nil` where the expression is not known to be monotone, or finite everywhere.
  init?(_ objective: Objective, lanes: [Quantity], range: (Quantity) -> Interval) {
    var steps: [Step] = []
    var stack: [Part] = []
    for step in objective.expression.steps {
      switch step {
      case .number(let value):
        steps.append(.number(value))
        stack.append(Part(range: Interval(lower: value, upper: value), direction: .constant))
      case .quantity(.accuracy):
        steps.append(.accuracy)
        stack.append(Part(range: range(.accuracy), direction: .falling))
      case .quantity(let quantity):
        var costs = CostForms.none
        for (place, factor) in Self.factors(of: quantity).enumerated() {
          guard let lane = lanes.firstIndex(of: factor) else { return nil }
          steps.append(.cost(lane))
          costs = place == 0 ? CostForms(lane) : costs.times(CostForms(lane))
          if place > 0 { steps.append(.multiply) }
        }
        stack.append(Part(range: range(quantity), direction: .rising, costs: costs))
      case .negate, .log, .exp, .squareRoot:
        guard let part = stack.popLast(), let result = Self.unary(step, part) else { return nil }
        steps.append(result.step)
        stack.append(result.part)
      default:
        guard let right = stack.popLast(), let left = stack.popLast(), let result = Self.binary(step, left, right)
        else { return nil }
        steps.append(result.step)
        stack.append(result.part)
      }
      guard let last = stack.last, last.range.lower.isFinite, last.range.upper.isFinite else { return nil }
    }
    guard var whole = stack.last else { return nil }
    if objective.direction == .maximize {
      steps.append(.negate)
      whole = Part(range: -whole.range, direction: whole.direction.reversed, costs: whole.costs.negated)
    }
    guard whole.direction != .falling else { return nil }
    self.steps = steps
    form = whole.costs.form
  }

  /// What a cost is the product of; none for quantities that are not taken.
  static func factors(of quantity: Quantity) -> [Quantity] {
    switch quantity {
    case .latency, .energy, .area, .macs, .parameters: [quantity]
    case .edp: [.energy, .latency]
    case .accuracy, .power, .nnDegree, .nnMass: []
    }
  }

  private static func outward(_ direction: Direction) -> Double {
    switch direction {
    case .constant: 0
    case .rising: -1
    case .falling: 1
    }
  }

  private static func unary(_ step: Expression.Step, _ part: Part) -> (step: Step, part: Part)? {
    switch step {
    case .negate:
      return (.negate, Part(range: -part.range, direction: part.direction.reversed, costs: part.costs.negated))
    case .log where part.range.lower > 0:
      return (.log(outward(part.direction)), part.mapped(part.range.logarithm, part.costs.logarithm))
    case .exp: return (.exp(outward(part.direction)), part.mapped(part.range.exponential))
    case .squareRoot where part.range.lower >= 0: return (.squareRoot, part.mapped(part.range.squareRoot))
    default: return nil
    }
  }

  private static func binary(_ step: Expression.Step, _ a: Part, _ b: Part) -> (step: Step, part: Part)? {
    func result(
      _ step: Step, _ range: Interval, _ direction: Direction?, _ costs: CostForms? = nil
    ) -> (step: Step, part: Part)? {
      direction.map { (step, Part(range: range, direction: $0, costs: costs ?? .mapped(a.costs, b.costs))) }
    }
    switch step {
    case .add: return result(.add, a.range + b.range, .both(a.direction, b.direction), a.costs.plus(b.costs))
    case .subtract:
      let costs = a.costs.plus(b.costs.negated)
      return result(.subtract, a.range - b.range, .both(a.direction, b.direction.reversed), costs)
    case .multiply:
      let costs = a.costs.times(b.costs, a.value, b.value)
      return result(.multiply, a.range * b.range, product(a, b, b.direction), costs)
    case .divide:
      let costs = a.costs.times(b.costs.inverse, nil, b.value.map { 1 / $0 })
      return result(.divide, a.range / b.range, product(a, b, b.direction.reversed), costs)
    case .minimum: return result(.minimum, .minimum(a.range, b.range), .both(a.direction, b.direction))
    case .maximum: return result(.maximum, .maximum(a.range, b.range), .both(a.direction, b.direction))
    case .power:
      guard a.range.lower > 0, b.direction == .constant, let isPositive = b.isPositive else { return nil }
      let direction = a.direction.times(isPositive)
      return result(.power(outward(direction)), .power(a.range, b.range), direction)
    default: return nil
    }
  }

  /// The direction of a product whose second factor goes in `second`: that of the magnitudes, times the sign.
  private static func product(_ a: Part, _ b: Part, _ second: Direction) -> Direction? {
    // A factor of either sign needs a constant beside it.
    if a.direction == .constant, let sign = a.isPositive { return second.times(sign) }
    if second == .constant, let sign = b.isPositive { return a.direction.times(sign) }
    guard let signA = a.isPositive, let signB = b.isPositive else { return nil }
    return Direction.both(a.direction.times(signA), second.times(signB))?.times(signA == signB)
  }
}

extension MonotoneObjective {
  /// A value that the objective does not fall below for costs of at least these and an accuracy of at most this.
  func leastValue(costs: SIMD4<Double>, accuracy: Double) -> Double {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: steps.count + 1) { stack in
      steps.withUnsafeBufferPointer { steps in
        stack.baseAddress.map { Self.leastValue(steps, $0, costs: costs, accuracy: accuracy) } ?? -.infinity
      }
    }
  }

  /// The same.
  ///
  /// - Parameter stack: room for as many values as there are steps. No allocation.
  @inline(__always)
  static func leastValue(
    _ steps: UnsafeBufferPointer<Step>, _ stack: UnsafeMutablePointer<Double>, costs: SIMD4<Double>, accuracy: Double
  ) -> Double {
    var top = -1
    for step in steps {
      switch step {
      case .number(let value):
        top += 1
        stack[top] = value
      case .accuracy:
        top += 1
        stack[top] = accuracy
      case .cost(let lane):
        top += 1
        stack[top] = costs[lane]
      case .negate: stack[top] = -stack[top]
      case .squareRoot: stack[top] = stack[top].squareRoot()
      case .log(let sign): stack[top] = moved(Elementary.log(stack[top]), sign)
      case .exp(let sign): stack[top] = moved(Elementary.exp(stack[top]), sign)
      case .add:
        top -= 1
        stack[top] += stack[top + 1]
      case .subtract:
        top -= 1
        stack[top] -= stack[top + 1]
      case .multiply:
        top -= 1
        stack[top] *= stack[top + 1]
      case .divide:
        top -= 1
        stack[top] /= stack[top + 1]
      case .minimum:
        top -= 1
        stack[top] = min(stack[top], stack[top + 1])
      case .maximum:
        top -= 1
        stack[top] = max(stack[top], stack[top + 1])
      case .power(let sign):
        top -= 1
        stack[top] = moved(Elementary.pow(stack[top], stack[top + 1]), sign)
      }
    }
    return stack[0]
  }

  /// Outward by the error of a function of the C library (below 2 units in the last place), twice.
  @inline(__always)
  private static func moved(_ value: Double, _ sign: Double) -> Double {
    value + sign * (abs(value) * 0x1p-50 + (abs(value) > 0x1p-900 ? 0 : 0x1p-900))
  }
}
