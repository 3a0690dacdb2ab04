/// The generator behind every random choice of the toolkit: 64 bits of state, period 2⁶⁴, the same numbers on every
/// platform.
///
/// Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014 (the finaliser is
/// Stafford's variant 13).
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  private static let gamma: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// A generator that starts at a raw state.
  public init(state: UInt64) {
    self.state = state
  }

  /// A generator for one work item: the seed mixed with the item's coordinates, so that neighbouring items draw
  /// unrelated numbers in any order of evaluation.
  public init(seed: UInt64, stream keys: UInt64...) {
    var mixed = Self.mix(seed &+ Self.gamma)
    for key in keys {
      mixed = Self.mix((mixed ^ key) &+ Self.gamma)
    }
    state = mixed
  }

  public mutating func next() -> UInt64 {
    state &+= Self.gamma
    return Self.mix(state)
  }

  /// A uniform integer in `0..<bound`, without bias.
  ///
  /// Source: Lemire, "Fast Random Integer Generation in an Interval", ACM TOMACS 29(1), 2019.
  /// - Precondition: `bound > 0`.
  public mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0, "an empty range has no integer to draw")
    let bound = UInt64(bound)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold {
        product = next().multipliedFullWidth(by: bound)
      }
    }
    return Int(product.high)
  }

  /// Draws `count` of the elements without replacement into the first places, in a uniform order (a partial Fisher–Yates
  /// shuffle). - Precondition: at most as many as there are. Complexity: O(count).
  public mutating func draw<Element>(_ count: Int, of elements: inout [Element]) {
    for place in 0..<count { elements.swapAt(place, place + below(elements.count - place)) }
  }

  /// `size` different numbers below `count`, in rising order. - Precondition: size ≤ count. Complexity: O(count + size
  /// log size).
  public mutating func subset(_ size: Int, of count: Int) -> [Int] {
    var numbers = Array(0..<count)
    draw(size, of: &numbers)
    return numbers[..<size].sorted()
  }

  /// A uniform number in [0, 1) with 53 random bits.
  public mutating func unit() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// A standard normal number (Box–Muller, one of the pair).
  public mutating func normal() -> Double {
    let radius = (-2 * Elementary.log(1 - unit())).squareRoot()
    return radius * Elementary.cos(2 * .pi * unit())
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
