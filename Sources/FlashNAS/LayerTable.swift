internal import FlashGraph
internal import FlashHardware
internal import FlashSearch
internal import Synchronization

/// What layers do, which sums over them.
protocol LayerSum: Sendable {
  /// Of no layers.
  init()
  static func += (sum: inout Self, other: Self)
  static func * (count: Int, sum: Self) -> Self
}

extension SystolicArray.Tally: LayerSum {}

/// The sums of all layers that the points of a space can have, so that a point costs a few additions.
///
/// For spaces of independent dense cells. The first layer of a cell depends on two widths, every other on the cell's width
/// and its skip channels alone: per cell and width there is one sum per width of the cell before, one per number of skip
/// channels, and the running sums over the layers that take all candidates there are. Sums are of integers: the result
/// equals the layer-by-layer sum exactly.
final class LayerTable<Sum: LayerSum>: Sendable {
  /// Where the sums of one cell at one width begin.
  private struct Offsets: Sendable {
    /// The first layer, by the place of the width of the cell before (one entry for the first cell).
    var first = 0
    /// A layer that takes s skip channels, by s.
    var inner = 0
    /// Layers 1 … j together where each takes all candidates, by j.
    var saturated = 0
  }

  /// One cell: where its widths' offsets begin, and its width variable.
  private struct Cell: Sendable {
    let offsets: Int
    let lower: Int
    let step: Int
  }

  private let cells: [Cell]
  private let offsets: [Offsets]
  private let sums: [Sum]
  private let classifier: Int

  /// The most layers that are worth a table (chosen): of more, a search asks too few to make up for it.
  private static var limit: Int { 1 << 14 }

  /// - Parameter sum: of a layer that reads `skips` channels beside its predecessor's.
  /// - Returns: `nil` for a space of other cells, or of too many layers. Complexity: O(Σ over cells of widths · (skips + depths + widths before)).
  init?(_ space: SearchSpace, of sum: (_ layer: WeightedLayer, _ skips: Int, _ isClassifier: Bool) -> Sum) {
    guard let dense = space.denseCells else { return nil }
    let layerCount = Self.layerCount(space, dense.count)
    guard layerCount <= Self.limit else { return nil }
    var before = [space.input.channels]
    var cells: [Cell] = []
    var offsets: [Offsets] = []
    var sums: [Sum] = []
    sums.reserveCapacity(layerCount)
    for (index, cell) in CellGeometry.cells(space, dense).enumerated() {
      let variable = space.variables[3 * index]
      cells.append(Cell(offsets: offsets.count, lower: variable.lower, step: variable.step))
      for width in cell.widths {
        var entry = Offsets()
        entry.first = sums.count
        for channels in before { sums.append(sum(cell.first(width: width, from: channels), 0, false)) }
        entry.inner = sums.count
        for skips in 0...cell.skips.upper { sums.append(sum(cell.inner(width: width, skips: skips), skips, false)) }
        entry.saturated = sums.count
        var running = Sum()
        sums.append(running)
        for layer in 1..<max(space.variables[3 * index + 1].upper, 1) where width * (layer - 1) <= cell.skips.upper {
          running += sums[entry.inner + width * (layer - 1)]
          sums.append(running)
        }
        offsets.append(entry)
      }
      before = cell.widths
    }
    classifier = sums.count
    for channels in before {
      sums.append(sum(.fullyConnected(inputs: channels, outputs: space.input.classes), 0, true))
    }
    self.cells = cells
    self.offsets = offsets
    self.sums = sums
  }

  private static func layerCount(_ space: SearchSpace, _ cells: Int) -> Int {
    var (count, before) = (0, 1)
    for index in 0..<cells {
      let (width, depth, skip) = (
        space.variables[3 * index], space.variables[3 * index + 1], space.variables[3 * index + 2]
      )
      count += width.count * (before + skip.upper + 1 + depth.upper)
      before = width.count
    }
    return count + before
  }

  /// The sum over the layers of a point. Complexity: O(cells), without allocation.
  func sum(_ point: [Int]) -> Sum {
    var sum = Sum()
    var before = 0
    for (index, cell) in cells.enumerated() {
      let (width, depth, skip) = (point[3 * index], point[3 * index + 1], point[3 * index + 2])
      // A division costs more than all the additions of a cell.
      let place = cell.step == 1 ? width - cell.lower : (width - cell.lower) / cell.step
      let entry = offsets[cell.offsets + place]
      sum += sums[entry.first + before]
      // Layers 1 … full find at most `skip` candidates and take all of them; the rest take `skip`.
      let full = min(depth - 1, skip / width + 1)
      sum += sums[entry.saturated + full]
      if full < depth - 1 { sum += (depth - 1 - full) * sums[entry.inner + skip] }
      before = place
    }
    sum += sums[classifier + before]
    return sum
  }
}

/// The costs of points by tables of their layers, as far as models have such.
final class CostTables: Sendable {
  /// Where costs are simulated and the space's cells are dense.
  let simulation: SimulationTable?
  /// Where such cells have fitted costs.
  let features: FeatureTable?

  fileprivate init(_ costs: CostModel, _ space: SearchSpace) {
    switch costs {
    case .simulated(.systolic(let array)): (simulation, features) = (SimulationTable(array, space), nil)
    case .simulated: (simulation, features) = (nil, nil)
    case .fitted(let model): (simulation, features) = (nil, FeatureTable(model, space))
    }
  }
}

/// Tables of models over a space that are made when they are first asked for, once for all questions.
final class SharedTables: Sendable {
  private let points = AtomicLazyReference<CostTables>()
  private let blocks = AtomicLazyReference<BatchTables>()

  /// Those of points, if they were made.
  var made: CostTables? { points.load() }

  func ofPoints(_ costs: CostModel, in space: SearchSpace) -> CostTables {
    points.load() ?? points.storeIfNil(CostTables(costs, space))
  }

  /// Those of points that are worked out together; `nil` where costs are no sums over layers.
  func ofBlocks(_ costs: CostModel, in space: SearchSpace) -> BatchTables? {
    blocks.load() ?? BatchTables(costs, space).map { blocks.storeIfNil($0) }
  }
}

/// The simulated costs of points by a table.
final class SimulationTable: Sendable {
  private let array: SystolicArray
  private let layers: LayerTable<SystolicArray.Tally>

  /// - Returns: `nil` where there is no table of the space. Complexity: that of the table.
  init?(_ array: SystolicArray, _ space: SearchSpace) {
    guard let layers = LayerTable(space, of: { layer, _, _ in array.tally(of: layer) }) else { return nil }
    (self.array, self.layers) = (array, layers)
  }

  /// The costs of a point. Complexity: O(cells), without allocation.
  func costs(_ point: [Int]) -> Costs { array.costs(of: layers.sum(point)) }
}

/// The fitted costs of points by a table of the sums over layers that they read.
final class FeatureTable: Sendable {
  /// Eight features at most.
  private struct Sums: LayerSum {
    static let count = 8
    var values = SIMD8<Double>.zero

    static func += (sum: inout Sums, other: Sums) { sum.values += other.values }
    static func * (count: Int, sum: Sums) -> Sums { Sums(values: Double(count) * sum.values) }
  }

  private let model: FittedHardware
  private let layers: LayerTable<Sums>
  /// Whether the features that have a closed form are sums here too.
  private let isWhole: Bool
  /// Where the sums of those that have none begin.
  private let firstLayerFeature: Int
  /// Which of the sums is in the place of NN-Degree.
  private let degree: Int?

  /// - Returns: `nil` for costs that read no sums, more than eight, or ones too large to be exact, and where there is no
  ///   table of the space. Complexity: that of the table.
  init?(_ model: FittedHardware, _ space: SearchSpace) {
    let layerFeatures = model.askedLayerFeatures
    let closed = model.askedFeatures
    isWhole =
      closed.allSatisfy { $0.isLayerSum || $0 == .nnDegree } && closed.count + layerFeatures.count <= Sums.count
    let first = isWhole ? closed.count : 0
    guard 1...Sums.count ~= first + layerFeatures.count else { return nil }
    var largest = 0.0
    let table = LayerTable(space) { layer, skips, isClassifier in
      var sums = Sums()
      for place in 0..<first {
        sums.values[place] = Double(closed[place].share(of: layer, skips: skips, isClassifier: isClassifier))
      }
      for (place, feature) in layerFeatures.enumerated() { sums.values[first + place] = feature.value(of: layer) }
      largest = max(largest, sums.values.max())
      return sums
    }
    // Whole numbers are exact up to 2⁵³; no network has more layers than the sum of its variables.
    let layerLimit = space.variables.reduce(1.0) { $0 + Double($1.upper) }
    guard let layers = table, largest * layerLimit <= 0x1p53 else { return nil }
    (self.model, self.layers) = (model, layers)
    firstLayerFeature = first
    degree = closed.firstIndex(of: .nnDegree)
  }

  /// The costs of a point of which nothing but NN-Degree is known; `nil` where a feature is no sum over layers.
  /// Complexity: O(cells), without allocation.
  func costs(_ point: [Int], nnDegree: Double) -> Costs? {
    guard isWhole else { return nil }
    var sums = layers.sum(point).values
    if let degree { sums[degree] = nnDegree }
    return model.costs { sums[$0] }
  }

  /// The costs of a point with its features. Complexity: O(cells), without allocation.
  func costs(_ point: [Int], features: NetworkFeatures) -> Costs {
    let sums = layers.sum(point).values
    var place = firstLayerFeature - 1
    return model.costs(of: features) { _ in
      place += 1
      return sums[place]
    }
  }
}

extension NetworkFeature {
  /// Whether the feature of a network of dense cells is a sum of whole numbers over its layers.
  var isLayerSum: Bool {
    switch self {
    case .parameters, .macs, .weights, .activations, .skipElements, .weightedLayers: true
    case .nnDegree, .nnDegreeByBlock, .nnMass, .peakMemoryElements: false
    }
  }

  /// What a layer of a dense cell, or the classifier, adds to a feature that is such a sum.
  ///
  /// - Parameter skips: the channels that it reads beside its predecessor's.
  @inline(__always)
  func share(of layer: WeightedLayer, skips: Int, isClassifier: Bool) -> Int {
    switch self {
    // A convolution is normalised, with two parameters a channel; the classifier has a bias.
    case .parameters: layer.weights + (isClassifier ? 1 : 2) * layer.outputChannels
    case .macs: layer.macs
    case .weights: layer.weights
    case .activations: layer.outputElements
    case .skipElements: skips * layer.inputHeight * layer.inputWidth
    case .weightedLayers: 1
    case .nnDegree, .nnDegreeByBlock, .nnMass, .peakMemoryElements: 0
    }
  }
}
