internal import FlashNumerics

/// Which value each key of a sweep has in each of its problems. Problems are numbered from 0; a problem's values depend on
/// its number alone.
public enum SweepPlan: Sendable, Hashable {
  /// Where the values of a key come from when problems are drawn.
  public enum Source: Sendable, Hashable {
    /// One of so many values.
    case values(Int)
    case draw(DecimalDraw)
  }

  /// A value of a key.
  public enum Choice: Sendable, Hashable {
    /// The value at a place of the key's values.
    case value(Int)
    /// A number that was drawn, with its unit.
    case drawn(String)
  }

  /// Every combination of so many values of each key, those of the last key first.
  case grid([Int])
  /// So many problems, each key drawn by itself.
  case draws(Int, seed: UInt64, [Source])
  /// Problems that stand one by one.
  case list(Int)

  /// The most problems of a sweep (chosen: a day of searches on a hundred processors).
  public static let limit = 1_000_000

  /// The product of the counts; `nil` above `limit`.
  public static func combinations(_ counts: [Int]) -> Int? {
    var product = 1
    for count in counts {
      let (next, isOver) = product.multipliedReportingOverflow(by: count)
      guard !isOver, next <= limit else { return nil }
      product = next
    }
    return product
  }

  /// How many problems there are.
  public var count: Int {
    switch self {
    case .grid(let counts): counts.reduce(1, *)
    case .draws(let count, _, _), .list(let count): count
    }
  }

  /// The values of the keys, in their order, of a problem; those of a list are the list's own, one choice for all.
  ///
  /// - Precondition: an index from 0 up to `count`. Complexity: O(keys).
  public func choices(at index: Int) -> [Choice] {
    switch self {
    case .grid(let counts):
      var rest = index
      return counts.reversed().map { count in
        defer { rest /= count }
        return .value(rest % count)
      }.reversed()
    case .draws(_, let seed, let sources):
      return sources.enumerated().map { number, source in
        var generator = SplitMix64(seed: seed, stream: UInt64(index), UInt64(number))
        switch source {
        case .values(let count): return .value(generator.below(count))
        case .draw(let draw): return .drawn(draw.text(using: &generator))
        }
      }
    case .list: return [.value(index)]
    }
  }
}

/// One of several equal parts of a sweep: the problems whose number leaves one remainder.
public struct SweepShard: Sendable, Hashable {
  /// Which part, from 1.
  public let number: Int
  /// Of how many.
  public let count: Int

  /// The whole.
  public static let whole = SweepShard(number: 1, of: 1)

  /// - Precondition: a number from 1 to the count.
  public init(number: Int, of count: Int) {
    precondition(1...count ~= number, "a part of the whole")
    self.number = number
    self.count = count
  }

  /// The index of its problem at a place: number − 1 modulo the count.
  public func index(_ place: Int) -> Int { place * count + number - 1 }

  /// How many of so many problems it holds.
  public func size(of problems: Int) -> Int { max(0, (problems - number + count) / count) }
}
