/// Arithmetic with small constants, as far as shapes need it; what it cannot work out stays unknown.
enum ONNXArithmetic {
  static func unary(_ operation: String, _ elements: ONNXValue.Elements) -> ONNXValue.Elements {
    switch (operation, elements) {
    case ("Neg", .integers(let values)): .integers(values.map { 0 &- $0 })
    case ("Neg", .reals(let values)): .reals(values.map { -$0 })
    case ("Abs", .integers(let values)): .integers(values.map { $0 == .min ? $0 : abs($0) })
    case ("Not", .integers(let values)): .integers(values.map { $0 == 0 ? 1 : 0 })
    case ("Floor", .reals(let values)): .reals(values.map { $0.rounded(.down) })
    case ("Ceil", .reals(let values)): .reals(values.map { $0.rounded(.up) })
    case ("Round", .reals(let values)): .reals(values.map { $0.rounded(.toNearestOrEven) })
    case ("Sqrt", .reals(let values)): .reals(values.map { $0.squareRoot() })
    default: .unknown
    }
  }

  /// Several constants, element by element; one number goes with all elements of another.
  static func combine(_ operation: String, _ values: [ONNXValue], shape: [Int]) -> ONNXValue.Elements {
    guard let count = product(shape) else { return .unknown }
    if operation == "Where" { return choose(values, count) }
    if let integers = columns(values.map(\.integers), count), !hasReals(values) {
      guard let result = fold(integers, count, { integer(operation, $0, $1) }) else { return .unknown }
      return .integers(result)
    }
    guard let reals = columns(values.map(\.reals), count),
      let result = fold(reals, count, { real(operation, $0, $1) })
    else { return .unknown }
    return .reals(result)
  }

  private static func product(_ shape: [Int]) -> Int? {
    var count = 1
    for dimension in shape {
      let (next, overflow) = count.multipliedReportingOverflow(by: dimension)
      guard !overflow, 0...ONNXWire.keptNumbers ~= next else { return nil }
      count = next
    }
    return count
  }

  private static func hasReals(_ values: [ONNXValue]) -> Bool {
    values.contains { if case .reals = $0.elements { true } else { false } }
  }

  /// The numbers of all operands, each as long as the result; `nil` where some are unknown or differ in length.
  private static func columns<Number>(_ operands: [[Number]?], _ count: Int) -> [[Number]]? {
    var columns: [[Number]] = []
    for operand in operands {
      guard let operand, operand.count == count || operand.count == 1 else { return nil }
      columns.append(operand.count == count ? operand : [Number](repeating: operand[0], count: count))
    }
    return columns
  }

  private static func fold<Number>(
    _ columns: [[Number]], _ count: Int, _ operation: (Number, Number) -> Number?
  ) -> [Number]? {
    guard var result = columns.first else { return nil }
    for column in columns.dropFirst() {
      for index in 0..<count {
        guard let value = operation(result[index], column[index]) else { return nil }
        result[index] = value
      }
    }
    return result
  }

  private static func choose(_ values: [ONNXValue], _ count: Int) -> ONNXValue.Elements {
    guard values.count == 3, let columns = columns(values.map(\.integers), count) else { return .unknown }
    return .integers((0..<count).map { columns[0][$0] != 0 ? columns[1][$0] : columns[2][$0] })
  }

  private static func integer(_ operation: String, _ a: Int, _ b: Int) -> Int? {
    func checked(_ result: (partialValue: Int, overflow: Bool)) -> Int? {
      result.overflow ? nil : result.partialValue
    }
    switch operation {
    case "Add", "Sum": return checked(a.addingReportingOverflow(b))
    case "Sub": return checked(a.subtractingReportingOverflow(b))
    case "Mul": return checked(a.multipliedReportingOverflow(by: b))
    case "Div": return checked(a.dividedReportingOverflow(by: b))
    case "Mod":
      guard let rest = checked(a.remainderReportingOverflow(dividingBy: b)) else { return nil }
      return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
    case "Max": return max(a, b)
    case "Min": return min(a, b)
    case "Equal": return a == b ? 1 : 0
    case "Greater": return a > b ? 1 : 0
    case "GreaterOrEqual": return a >= b ? 1 : 0
    case "Less": return a < b ? 1 : 0
    case "LessOrEqual": return a <= b ? 1 : 0
    case "And": return a != 0 && b != 0 ? 1 : 0
    case "Or": return a != 0 || b != 0 ? 1 : 0
    default: return nil
    }
  }

  private static func real(_ operation: String, _ a: Double, _ b: Double) -> Double? {
    let result: Double? =
      switch operation {
      case "Add", "Sum": a + b
      case "Sub": a - b
      case "Mul": a * b
      case "Div": a / b
      case "Max": max(a, b)
      case "Min": min(a, b)
      default: nil
      }
    return result.flatMap { $0.isFinite ? $0 : nil }
  }
}
