/// One cell of a network, by the numbers that make it.
public enum Cell: Sendable, Hashable {
  case dense(DenseCell, stride: Int)
  case denseMLP(DenseCell)
  case residual(ResidualCell)
  case regNet(RegNetCell)
  case invertedResidual(InvertedResidualCell)
  case depthwiseSeparable(DepthwiseSeparableCell)
  case denseNet(DenseNetCell)
  case convolution(ConvolutionCell)
  case maximumPooling(PoolingCell)

  /// The weighted layers of the cell, and the map that it writes. Complexity: O(depth) at most, without allocation.
  @inlinable
  public func forEachLayer(from input: inout CellInput, _ body: (CellLayer) -> Void) {
    var counter = FeatureCounter(
      input: FeatureShape(channels: input.channels, height: input.height, width: input.width))
    counter.input = input
    switch self {
    case .dense(let cell, let stride): cell.forEachLayer(input, .convolution, stride: stride, body)
    case .denseMLP(let cell): cell.forEachLayer(input, .fullyConnected, stride: 1, body)
    case .residual(let cell): cell.blocks.forEachLayer(input, body)
    case .regNet(let cell): cell.blocks.forEachLayer(input, body)
    case .invertedResidual(let cell): cell.forEachLayer(input, body)
    case .depthwiseSeparable(let cell): cell.forEachLayer(input, body)
    case .denseNet(let cell): cell.forEachLayer(input, body)
    case .convolution(let cell): cell.forEachLayer(input, body)
    case .maximumPooling: break
    }
    count(into: &counter)
    input = counter.input
  }

  /// Counts the cell. Complexity: O(1), O(depth) for `densenet`; without allocation.
  @inlinable
  public func count(into counter: inout FeatureCounter) {
    switch self {
    case .dense(let cell, let stride): cell.count(into: &counter, .convolution, stride: stride)
    case .denseMLP(let cell): cell.count(into: &counter, .fullyConnected, stride: 1)
    case .residual(let cell): cell.blocks.count(into: &counter)
    case .regNet(let cell): cell.blocks.count(into: &counter)
    case .invertedResidual(let cell): cell.count(into: &counter)
    case .depthwiseSeparable(let cell): cell.count(into: &counter)
    case .denseNet(let cell): cell.count(into: &counter)
    case .convolution(let cell): cell.count(into: &counter)
    case .maximumPooling(let cell): cell.count(into: &counter)
    }
  }

  /// Adds the cell's layers, with links drawn from `seed`.
  func append(to builder: inout NetworkBuilder, index: Int, seed: UInt64) throws(GraphError) {
    switch self {
    case .dense(let cell, let stride):
      try cell.append(to: &builder, .convolution, stride: stride, index: index, seed: seed)
    case .denseMLP(let cell): try cell.append(to: &builder, .fullyConnected, stride: 1, index: index, seed: seed)
    case .residual(let cell): try cell.blocks.append(to: &builder, index: index)
    case .regNet(let cell): try cell.blocks.append(to: &builder, index: index)
    case .invertedResidual(let cell): try cell.append(to: &builder, index: index)
    case .depthwiseSeparable(let cell): try cell.append(to: &builder, index: index)
    case .denseNet(let cell): try cell.append(to: &builder, index: index)
    case .convolution(let cell): try cell.append(to: &builder, index: index)
    case .maximumPooling(let cell): try cell.append(to: &builder, index: index)
    }
  }
}

/// The types of cells, by the names that files use.
public enum CellType: String, Sendable, Hashable, CaseIterable {
  case dense
  case denseMLP = "dense-mlp"
  case residual
  case regNet = "regnet"
  case invertedResidual = "inverted-residual"
  case depthwiseSeparable = "depthwise-separable"
  case denseNet = "densenet"
  case convolution
  case maximumPooling = "max-pooling"

  /// What the cell is, in a few words.
  public var summary: String {
    switch self {
    case .dense: "3×3 convolutions of one width with links drawn between layers"
    case .denseMLP: "fully connected layers of one width with links drawn between them"
    case .residual: "residual blocks, added to their input"
    case .regNet: "residual blocks of 1×1, grouped 3×3 and 1×1 convolutions of one width, groups times group_width"
    case .invertedResidual: "inverted residual blocks with depthwise convolutions"
    case .depthwiseSeparable: "depthwise 3×3 and 1×1 convolutions in turn"
    case .denseNet: "densely connected layers and a transition"
    case .convolution: "one convolution"
    case .maximumPooling: "maximum pooling"
    }
  }

  /// One number of a cell.
  public struct Parameter: Sendable, Hashable {
    public let name: String
    public let range: ClosedRange<Int>
    /// The value where a file gives none; `nil` where it must.
    public let standard: Int?
    /// Words for the values, from the range's lower end on; none for numbers.
    public let words: [String]
    /// Whether the values are odd.
    public let isOdd: Bool

    public init(_ name: String, _ range: ClosedRange<Int>, standard: Int? = nil, isOdd: Bool = false) {
      self.name = name
      self.range = range
      self.standard = standard
      self.isOdd = isOdd
      words = []
    }

    /// Whether a number is one of the values.
    public func takes(_ value: Int) -> Bool { range.contains(value) && (!isOdd || value % 2 != 0) }

    /// What the values are, for messages.
    public var allowed: String {
      "\(isOdd ? "odd numbers from " : "")\(range.lowerBound) to \(range.upperBound)"
    }

    init(_ name: String, words: [String], standard: Int? = nil) {
      self.name = name
      range = 0...(words.count - 1)
      self.standard = standard
      self.words = words
      isOdd = false
    }
  }

  private static let width = Parameter("width", 1...(1 << 16))
  private static let depth = Parameter("depth", 1...1024)
  private static let stride = Parameter("stride", 1...63, standard: 1)
  private static let kernel = Parameter("kernel", 1...63, standard: 3, isOdd: true)

  /// The numbers that make a cell, four at most. The stride of the first `dense` cell is 1, of others 2, where none is
  /// given.
  public var parameters: [Parameter] {
    switch self {
    case .dense: [Self.width, Self.depth, Parameter("skip", 0...(1 << 20)), Parameter("stride", 1...63, standard: 2)]
    case .denseMLP: [Self.width, Self.depth, Parameter("skip", 0...(1 << 20))]
    case .residual:
      [Parameter("block", words: ResidualCell.Block.allCases.map(\.rawValue)), Self.width, Self.depth, Self.stride]
    case .regNet: [Parameter("groups", 1...1024), Parameter("group_width", 1...1024), Self.depth, Self.stride]
    case .invertedResidual: [Self.width, Self.depth, Parameter("expansion", 1...64), Self.stride]
    case .depthwiseSeparable: [Self.width, Self.depth, Self.stride]
    case .denseNet:
      [
        Parameter("growth", 1...(1 << 12)), Self.depth, Parameter("bottleneck", 0...64, standard: 4),
        Parameter("transition", words: ["false", "true"], standard: 1),
      ]
    case .convolution:
      [Self.width, Self.kernel, Self.stride, Parameter("normalize", words: ["false", "true"], standard: 1)]
    case .maximumPooling: [Self.kernel, Parameter("stride", 1...63, standard: 2)]
    }
  }

  /// The cell of four numbers in the order of `parameters`, each within its range; what it does not read is ignored.
  @inlinable
  public func cell(_ a: Int, _ b: Int, _ c: Int, _ d: Int) -> Cell {
    switch self {
    case .dense: .dense(DenseCell(width: a, depth: b, skip: c), stride: d)
    case .denseMLP: .denseMLP(DenseCell(width: a, depth: b, skip: c))
    case .residual: .residual(ResidualCell(block: Self.block(a), width: b, depth: c, stride: d))
    case .regNet: .regNet(RegNetCell(groups: a, groupWidth: b, depth: c, stride: d))
    case .invertedResidual: .invertedResidual(InvertedResidualCell(width: a, depth: b, expansion: c, stride: d))
    case .depthwiseSeparable: .depthwiseSeparable(DepthwiseSeparableCell(width: a, depth: b, stride: c))
    case .denseNet: .denseNet(DenseNetCell(growth: a, depth: b, bottleneck: c, hasTransition: d == 1))
    case .convolution: .convolution(ConvolutionCell(width: a, kernel: b, stride: c, normalizes: d == 1))
    case .maximumPooling: .maximumPooling(PoolingCell(kernel: a, stride: b))
    }
  }

  @inlinable
  static func block(_ number: Int) -> ResidualCell.Block {
    switch number {
    case 0: .basic
    case 1: .bottleneck
    case 2: .wide
    case 3: .preactivation
    default: .preactivationBottleneck
    }
  }
}
