internal import FlashNumerics

/// An arithmetic expression over quantities, such as `accuracy/(latency*energy*area)`.
///
/// Grammar: numbers, the names of `Quantity`, `+ - * / ^`, `log exp sqrt min max`, parentheses. `^` binds tighter than a
/// sign and associates to the right. Quantities are in SI units, area in mm².
public struct Expression: Sendable, Hashable, CustomStringConvertible {
  /// One step of the compiled program, in postfix order.
  enum Step: Sendable, Hashable {
    case number(Double)
    case quantity(Quantity)
    case add, subtract, multiply, divide, power, negate
    case log, exp, squareRoot, minimum, maximum
  }

  public let description: String
  let steps: [Step]
  private let depth: Int

  /// - Throws: `DesignError.expression` with the column of what is not understood.
  public init(_ text: String) throws(DesignError) {
    var parser = ExpressionParser(text)
    steps = try parser.parse()
    description = text
    var height = 0
    var deepest = 0
    for step in steps {
      switch step {
      case .number, .quantity: height += 1
      case .add, .subtract, .multiply, .divide, .power, .minimum, .maximum: height -= 1
      default: break
      }
      deepest = max(deepest, height)
    }
    depth = deepest
  }

  /// A quantity itself.
  init(_ quantity: Quantity) {
    steps = [.quantity(quantity)]
    description = quantity.rawValue
    depth = 1
  }

  /// The quantities that the expression reads, each once, in the order of `Quantity`.
  public var quantities: [Quantity] { Quantity.allCases.filter { steps.contains(.quantity($0)) } }

  /// The value for quantities given by `read`; NaN or infinite where the arithmetic is. No allocation.
  func value(_ read: (Quantity) -> Double) -> Double {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: depth + 1) { stack in
      var top = -1
      for step in steps {
        switch step {
        case .number(let value):
          top += 1
          stack[top] = value
        case .quantity(let quantity):
          top += 1
          stack[top] = read(quantity)
        case .negate: stack[top] = -stack[top]
        case .log: stack[top] = Elementary.log(stack[top])
        case .exp: stack[top] = Elementary.exp(stack[top])
        case .squareRoot: stack[top] = stack[top].squareRoot()
        case .add, .subtract, .multiply, .divide, .power, .minimum, .maximum:
          top -= 1
          stack[top] = Self.combine(step, stack[top], stack[top + 1])
        }
      }
      return stack[0]
    }
  }

  /// An interval that holds every value for quantities within the intervals given by `read`. No allocation.
  func interval(_ read: (Quantity) -> Interval) -> Interval {
    withUnsafeTemporaryAllocation(of: Interval.self, capacity: depth + 1) { stack in
      var top = -1
      for step in steps {
        switch step {
        case .number(let value):
          top += 1
          stack[top] = Interval(lower: value, upper: value)
        case .quantity(let quantity):
          top += 1
          stack[top] = read(quantity)
        case .negate: stack[top] = -stack[top]
        case .log: stack[top] = stack[top].logarithm
        case .exp: stack[top] = stack[top].exponential
        case .squareRoot: stack[top] = stack[top].squareRoot
        case .add, .subtract, .multiply, .divide, .power, .minimum, .maximum:
          top -= 1
          stack[top] = Self.combine(step, stack[top], stack[top + 1])
        }
      }
      return stack[0]
    }
  }

  private static func combine(_ step: Step, _ left: Interval, _ right: Interval) -> Interval {
    switch step {
    case .add: left + right
    case .subtract: left - right
    case .multiply: left * right
    case .divide: left / right
    case .power: .power(left, right)
    case .minimum: .minimum(left, right)
    default: .maximum(left, right)
    }
  }

  static func combine(_ step: Step, _ left: Double, _ right: Double) -> Double {
    switch step {
    case .add: left + right
    case .subtract: left - right
    case .multiply: left * right
    case .divide: left / right
    case .power: Elementary.pow(left, right)
    case .minimum: left.isNaN || right.isNaN ? .nan : min(left, right)
    default: left.isNaN || right.isNaN ? .nan : max(left, right)
    }
  }
}

/// Recursive descent over the characters of an expression.
private struct ExpressionParser {
  private let text: String
  private let characters: [Character]
  private var place = 0
  private var steps: [Expression.Step] = []
  private var nesting = 0

  init(_ text: String) {
    self.text = text
    characters = Array(text)
  }

  mutating func parse() throws(DesignError) -> [Expression.Step] {
    guard characters.count <= 1000 else { throw failure("at most 1000 characters", at: 1000) }
    try sum()
    skipSpace()
    guard place == characters.count else { throw failure("an operator + - * / ^ or the end") }
    return steps
  }

  private mutating func sum() throws(DesignError) {
    try product()
    while let sign = take("+-−") {
      try product()
      steps.append(sign == "+" ? .add : .subtract)
    }
  }

  private mutating func product() throws(DesignError) {
    try signed()
    while let sign = take("*/×") {
      try signed()
      steps.append(sign == "/" ? .divide : .multiply)
    }
  }

  private mutating func signed() throws(DesignError) {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= 100 else { throw failure("at most 100 levels of nesting") }
    if let sign = take("+-−") {
      try signed()
      if sign != "+" { steps.append(.negate) }
      return
    }
    try primary()
    if take("^") != nil {
      try signed()
      steps.append(.power)
    }
  }

  private mutating func primary() throws(DesignError) {
    skipSpace()
    if take("(") != nil {
      try sum()
      guard take(")") != nil else { throw failure("')'") }
      return
    }
    let start = place
    while place < characters.count, isWordCharacter(at: place, from: start) { place += 1 }
    let word = String(characters[start..<place])
    guard let first = word.first else { throw failure("a number, a name or '('") }
    if first.isNumber || first == "." {
      // Decimal digits alone: Double reads 0x1p3 too.
      guard !word.contains(where: { $0 == "x" || $0 == "X" }), let value = Double(word), value.isFinite else {
        throw failure("a number", at: start)
      }
      steps.append(.number(value))
    } else if let quantity = Quantity(rawValue: word) {
      steps.append(.quantity(quantity))
    } else {
      try function(word, start)
    }
  }

  private mutating func function(_ name: String, _ start: Int) throws(DesignError) {
    let unary: [String: Expression.Step] = ["log": .log, "exp": .exp, "sqrt": .squareRoot]
    let binary: [String: Expression.Step] = ["min": .minimum, "max": .maximum]
    guard let step = unary[name] ?? binary[name] else {
      let names = Quantity.allCases.map(\.rawValue).joined(separator: " ")
      throw failure("\(names), log exp sqrt min max", at: start)
    }
    guard take("(") != nil else { throw failure("'(' after \(name)") }
    try sum()
    if binary[name] != nil {
      guard take(",") != nil else { throw failure("',' and a second argument") }
      try sum()
    }
    guard take(")") != nil else { throw failure("')'") }
    steps.append(step)
  }

  /// A sign belongs to a number after its exponent's e.
  private func isWordCharacter(at index: Int, from start: Int) -> Bool {
    let character = characters[index]
    if character.isASCII, character.isLetter || character.isNumber || character == "." || character == "_" {
      return true
    }
    guard character == "-" || character == "+", index > start, characters[start].isNumber || characters[start] == "."
    else {
      return false
    }
    return characters[index - 1] == "e" || characters[index - 1] == "E"
  }

  private mutating func skipSpace() {
    while place < characters.count, characters[place] == " " { place += 1 }
  }

  private mutating func take(_ choices: String) -> Character? {
    skipSpace()
    guard place < characters.count, choices.contains(characters[place]) else { return nil }
    defer { place += 1 }
    return characters[place]
  }

  private func failure(_ expected: String, at index: Int? = nil) -> DesignError {
    .expression(text: String(text.prefix(200)), column: (index ?? place) + 1, expected: expected)
  }
}
