internal import FlashSearch

/// A variable of a space: what its values are. A point holds *coordinates*: the value itself for a range, the place in
/// the list for choices and categories.
public struct SpaceVariable: Sendable, Hashable {
  /// The values.
  public enum Domain: Sendable, Hashable {
    /// lower, lower + step, … , upper.
    case range(ClosedRange<Int>, step: Int)
    /// Rising integers.
    case choices([Int])
    /// Words.
    case categories([String])
  }

  public let name: String
  public let domain: Domain

  /// - Precondition: a range has a step ≥ 1; choices rise; categories differ; there is at least one value.
  public init(_ name: String, _ domain: Domain) {
    self.name = name
    self.domain = domain
  }

  /// The variable over coordinates, as strategies see it.
  var coordinates: IntegerVariable {
    switch domain {
    case .range(let range, let step):
      IntegerVariable(name: name, lower: range.lowerBound, upper: range.upperBound, step: step)
    case .choices(let values): IntegerVariable(name: name, lower: 0, upper: values.count - 1, step: 1)
    case .categories(let words): IntegerVariable(name: name, lower: 0, upper: words.count - 1, step: 1)
    }
  }

  /// The value of a coordinate: a number, or a category's word.
  public enum Value: Sendable, Hashable {
    case integer(Int)
    case word(String)

    public var text: String {
      switch self {
      case .integer(let value): "\(value)"
      case .word(let word): word
      }
    }
  }

  /// The value of a coordinate. - Precondition: the coordinate is one of the variable's.
  public func value(_ coordinate: Int) -> Value {
    switch domain {
    case .range: .integer(coordinate)
    case .choices(let values): .integer(values[coordinate])
    case .categories(let words): .word(words[coordinate])
    }
  }

  /// The value of a coordinate as a number; a category's place in the list.
  @inline(__always)
  func number(_ coordinate: Int) -> Int {
    if case .choices(let values) = domain { values[coordinate] } else { coordinate }
  }

  /// The value of a coordinate as text.
  public func text(_ coordinate: Int) -> String { value(coordinate).text }

  /// The coordinate of a value; `nil` for a value that the variable does not take.
  public func coordinate(_ value: Value) -> Int? {
    switch (domain, value) {
    case (.range(let range, let step), .integer(let number)):
      range.contains(number) && (number - range.lowerBound) % step == 0 ? number : nil
    case (.choices(let values), .integer(let number)): values.firstIndex(of: number)
    case (.categories(let words), .word(let word)): words.firstIndex(of: word)
    default: nil
    }
  }

  /// Whether the values are listed numbers, whose places are the coordinates.
  var hasChoices: Bool {
    if case .choices = domain { true } else { false }
  }

  /// Whether the values are words.
  public var takesWords: Bool {
    if case .categories = domain { true } else { false }
  }

  /// What values there are, in words.
  public var allowed: String {
    switch domain {
    case .range(let range, 1): "\(range.lowerBound) to \(range.upperBound)"
    case .range(let range, let step): "\(range.lowerBound) to \(range.upperBound) in steps of \(step)"
    case .choices(let values): values.map(String.init).joined(separator: ", ")
    case .categories(let words): words.joined(separator: ", ")
    }
  }
}
