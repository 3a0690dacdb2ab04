public import FlashGraph
public import FlashSearch

/// A family of networks over a box of integer variables: three variables a cell, in the order width, depth, skip.
///
/// A *point* is one value per variable, in the order of `variables`.
public struct SearchSpace: Sendable, Hashable {
  public let name: String
  public let summary: String
  public let input: FeatureShape
  public let classes: Int
  /// width1, depth1, skip1, width2, …
  public let variables: [IntegerVariable]
  /// The data set whose predictor answers for the space's accuracy, `nil` where none was trained.
  public let dataset: String?

  /// One cell of `dense` layers with the ranges of its variables.
  public struct CellRanges: Sendable {
    let width: ClosedRange<Int>
    let depth: ClosedRange<Int>
    let skip: ClosedRange<Int>
  }

  init(
    name: String, summary: String, input: FeatureShape, classes: Int, cells: [CellRanges], dataset: String?
  ) {
    self.name = name
    self.summary = summary
    self.input = input
    self.classes = classes
    self.dataset = dataset
    variables = cells.enumerated().flatMap { index, cell in
      [("width", cell.width), ("depth", cell.depth), ("skip", cell.skip)].map { name, range in
        IntegerVariable(name: "\(name)\(index + 1)", lower: range.lowerBound, upper: range.upperBound, step: 1)
      }
    }
  }

  /// The same space with some variables held to smaller ranges.
  ///
  /// - Throws: `DesignError` for a name that the space does not have or a range outside the variable's own.
  public func restricted(to ranges: [(name: String, range: ClosedRange<Int>)]) throws(DesignError) -> SearchSpace {
    var variables = variables
    for (name, range) in ranges {
      guard let index = variables.firstIndex(where: { $0.name == name }) else {
        throw .unknownName(kind: "variable", found: name, known: variables.map(\.name))
      }
      let own = variables[index]
      guard own.lower <= range.lowerBound, range.upperBound <= own.upper else {
        throw .outOfRange(
          what: name, found: Self.text(range), allowed: "\(own.lower) to \(own.upper)")
      }
      variables[index] = IntegerVariable(
        name: name, lower: range.lowerBound, upper: range.upperBound, step: own.step)
    }
    return SearchSpace(self, variables: variables)
  }

  private init(_ other: SearchSpace, variables: [IntegerVariable]) {
    name = other.name
    summary = other.summary
    input = other.input
    classes = other.classes
    dataset = other.dataset
    self.variables = variables
  }

  private static func text(_ range: ClosedRange<Int>) -> String {
    range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)..\(range.upperBound)"
  }

  /// Checks that a point has one value per variable, each within its range.
  public func check(_ point: [Int]) throws(DesignError) {
    guard point.count == variables.count else {
      throw .outOfRange(
        what: "point", found: "\(point.count) values", allowed: "\(variables.count): \(nameList)")
    }
    for (value, variable) in zip(point, variables) where !(variable.lower...variable.upper ~= value) {
      throw .outOfRange(what: variable.name, found: "\(value)", allowed: "\(variable.lower) to \(variable.upper)")
    }
  }

  /// The variables' names, in order.
  public var variableNames: [String] { variables.map(\.name) }

  /// The variables' names, joined for messages.
  public var nameList: String { variableNames.joined(separator: ",") }

  @inlinable var cellCount: Int { variables.count / 3 }

  @inlinable
  func cell(_ index: Int, _ point: [Int]) -> DenseCell {
    DenseCell(width: point[3 * index], depth: point[3 * index + 1], skip: point[3 * index + 2])
  }

  /// The network of a point, before its links are drawn.
  public func network(_ point: [Int]) -> DenseNetwork {
    DenseNetwork(input: input, classes: classes, cells: (0..<cellCount).map { cell($0, point) })
  }

  /// The representative of all points that are the same network: skips above w·(d − 2) change nothing.
  public func canonical(_ point: [Int]) -> [Int] {
    var point = point
    for index in 0..<cellCount {
      let variable = variables[3 * index + 2]
      let saturation = cell(index, point).saturation
      if point[3 * index + 2] > saturation {
        // The least value of the range that saturates.
        point[3 * index + 2] = max(variable.lower, min(point[3 * index + 2], saturation))
      }
    }
    return point
  }

  /// The product of the variables' cardinalities.
  public var configurations: Int {
    variables.reduce(1) { $0 * $1.count }
  }

  /// The configurations that differ as networks. Complexity: O(widths · depths · skips) per cell.
  public var distinctConfigurations: Int {
    (0..<cellCount).reduce(1) { product, index in
      let (widths, depths, skips) = (variables[3 * index], variables[3 * index + 1], variables[3 * index + 2])
      var count = 0
      for width in stride(from: widths.lower, through: widths.upper, by: widths.step) {
        for depth in stride(from: depths.lower, through: depths.upper, by: depths.step) {
          let saturation = DenseCell(width: width, depth: depth, skip: 0).saturation
          let below = max(0, min(skips.upper, saturation - 1) - skips.lower + 1)
          count += below + (skips.upper >= saturation ? 1 : 0)
        }
      }
      return product * count
    }
  }
}
