/// How the layers of an imported graph are put into cells.
public enum CellCounting: String, Sendable, CaseIterable {
  /// A run of main-path layers at one resolution is a cell.
  case stage
  /// Each residual or inverted residual block is a cell; what lies between blocks forms a cell per resolution run, so
  /// that dense cells stay.
  case block
}

/// A cell of an imported graph.
public struct GraphCell: Sendable, Hashable {
  /// What a cell is.
  public enum Kind: String, Sendable, Hashable {
    case stage, dense, residual
    case invertedResidual = "inverted-residual"
  }

  public let kind: Kind
  /// Mean output channels over the main-path layers.
  public let width: Double
  /// Weighted layers on the main path.
  public let depth: Int
  public let skipLinks: Int
  /// NN-Mass of a block, where a formula applies to it.
  public let nnMass: Double?

  public init(kind: Kind = .stage, width: Double, depth: Int, skipLinks: Int, nnMass: Double? = nil) {
    self.kind = kind
    self.width = width
    self.depth = depth
    self.skipLinks = skipLinks
    self.nnMass = nnMass
  }

  /// w + SC / (w · d).
  public var nnDegree: Double { NNDegree.cell(width: width, depth: depth, skipLinks: skipLinks) }
}

/// The division of a main path into runs, one a cell.
struct GraphCells {
  private struct Run {
    var layers: [Int]
    let kind: GraphCell.Kind
    var dense: DenseRun?
  }

  private let graph: LayerGraph
  private let links: LayerGraphLinks
  private var runs: [Run] = []
  private(set) var cells: [GraphCell] = []

  /// The main path without its last layer, the classifier.
  init(_ graph: LayerGraph, _ links: LayerGraphLinks, _ counting: CellCounting) {
    self.graph = graph
    self.links = links
    let path = Array(links.mainPath.count > 1 ? links.mainPath.dropLast() : links.mainPath[...])
    let blocks = counting == .block ? blocks(path) : [:]
    var place = 0
    while place < path.count {
      if let block = blocks[place] {
        runs.append(Run(layers: Array(path[block]), kind: isInverted(path[block]) ? .invertedResidual : .residual))
        place = block.upperBound
        continue
      }
      if let last = runs.last, last.kind == .stage, positions(last.layers[0]) == positions(path[place]),
        !graph.cellStarts.contains(path[place])
      {
        runs[runs.count - 1].layers.append(path[place])
      } else {
        runs.append(Run(layers: [path[place]], kind: .stage))
      }
      place += 1
    }
    recogniseDenseCells()
    cells = countCells()
  }

  /// Dense cells are runs of their form that have skip links; runs of their form without any are, where every run is.
  private mutating func recogniseDenseCells() {
    let skips = Dictionary(grouping: links.skips, by: \.layer)
    let found = runs.map { $0.kind == .stage ? DenseRun(layers: $0.layers, graph, skips) : nil }
    let isDense = isChain && found.allSatisfy { $0 != nil }
    for (index, run) in found.enumerated() where isDense || run?.lastReader != nil { runs[index].dense = run }
  }

  /// Whether every weighted layer is on the main path, and no sum has a shortcut.
  private var isChain: Bool {
    links.shortcuts.isEmpty && graph.layers.count { $0.isWeighted } == links.mainPath.count
  }

  /// The dense cells.
  var denseRuns: [DenseRun] { runs.compactMap(\.dense) }

  private func positions(_ layer: Int) -> Int { graph.layers[layer].positions }

  /// Blocks by the place of their first layer: what an addition bypasses, the innermost where they overlap; then
  /// inverted bottlenecks without an addition, which take no layer of a cell that ends among them. A 1×1 convolution right
  /// after a depthwise one is that one's, not an expansion.
  private func blocks(_ path: [Int]) -> [Int: Range<Int>] {
    let places = Dictionary(uniqueKeysWithValues: path.enumerated().map { ($1, $0) })
    var ranges: [Range<Int>] = []
    for shortcut in links.shortcuts {
      guard let end = places[shortcut.last] else { continue }
      // A shortcut from off the main path is a projection of what one level less gave.
      let start = places[shortcut.first].map { $0 + 1 } ?? links.levels[shortcut.first] - 1
      if start <= end { ranges.append(start..<(end + 1)) }
    }
    ranges.sort { ($0.count, $0.lowerBound) < ($1.count, $1.lowerBound) }
    ranges += path.indices.dropLast(2).map { $0..<($0 + 3) }.filter {
      isInverted(path[$0]) && graph.cellStarts.isDisjoint(with: path[$0].dropFirst())
        && !shapes(path[..<$0.lowerBound].suffix(1)).contains(where: isDepthwise)
    }
    var taken = [Bool](repeating: false, count: path.count)
    var blocks: [Int: Range<Int>] = [:]
    for range in ranges where range.upperBound <= path.count && !taken[range].contains(true) {
      blocks[range.lowerBound] = range
      for place in range { taken[place] = true }
    }
    return blocks
  }

  /// 1×1 to more channels, depthwise, 1×1; the first may be missing where an addition shows the block.
  private func isInverted(_ layers: ArraySlice<Int>) -> Bool {
    let shapes = shapes(layers)
    guard shapes.count == layers.count, 2...3 ~= shapes.count else { return false }
    let (depthwise, last) = (shapes[shapes.count - 2], shapes[shapes.count - 1])
    let isPointwise = [shapes[0], last].dropFirst(3 - shapes.count)
      .allSatisfy { $0.kernelHeight * $0.kernelWidth == 1 && $0.groups == 1 }
    return isPointwise && isDepthwise(depthwise)
      && (shapes.count == 2 || shapes[0].outputChannels > shapes[0].inputChannels)
  }

  private func isDepthwise(_ shape: WeightedLayer) -> Bool { shape.groups > 1 && shape.groups == shape.inputChannels }

  /// The cells with their skip links, each counted in the nearest cell of its target's resolution; links into the
  /// classifier count in none.
  private func countCells() -> [GraphCell] {
    var skipLinks = [Int](repeating: 0, count: runs.count)
    let levels = runs.map { links.levels[$0.layers[0]]...links.levels[$0.layers[$0.layers.count - 1]] }
    for skip in links.skips where !(links.mainPath.count > 1 && skip.layer == links.mainPath.last) {
      let level = links.levels[skip.layer]
      let holder = holder(level)
      let nearest = runs.indices.filter { positions(runs[$0].layers[0]) == positions(skip.layer) || $0 == holder }
        .min { distance(level, levels[$0]) < distance(level, levels[$1]) }
      if let nearest { skipLinks[nearest] += skip.links }
    }
    return zip(runs, skipLinks).map { run, links in
      GraphCell(
        kind: run.dense == nil ? run.kind : .dense,
        width: Double(run.layers.reduce(0) { $0 + graph.layers[$1].channels }) / Double(run.layers.count),
        depth: run.layers.count, skipLinks: links, nnMass: run.dense?.mass ?? mass(run, skipLinks: links))
    }
  }

  /// NN-Mass of a block of plain convolutions.
  private func mass(_ run: Run, skipLinks: Int) -> Double? {
    let shapes = shapes(run.layers[...])
    guard run.kind != .stage, let first = shapes.first, let last = shapes.last else { return nil }
    let kernels = shapes.map { $0.kernelHeight * $0.kernelWidth }
    let bottleneck = NNMass.bottleneck(input: first.inputChannels, inner: first.outputChannels)
    if run.kind == .invertedResidual { return skipLinks > 0 ? bottleneck : 0 }
    guard shapes.allSatisfy({ $0.groups == 1 }) else { return nil }
    if kernels.count == 2, kernels[0] > 1, kernels[1] > 1 {
      return NNMass.basicBlock(input: first.inputChannels, output: last.outputChannels)
    }
    return kernels.count == 3 && kernels[0] == 1 && kernels[1] > 1 && kernels[2] == 1 ? bottleneck : nil
  }

  /// NN-Mass of the network: 0 for a chain without skip links, whose density is 0. Summed over dense cells where every cell
  /// is one and holds all of its skip links; summed over blocks where there are blocks, every one has a formula, every skip link is a block's, and every weighted layer beside
  /// the main path is a projection; `nil` otherwise.
  var mass: Double? {
    if isChain {
      let isHeld =
        links.skips.allSatisfy { $0.layer != links.mainPath.last }
        && runs.allSatisfy { $0.dense?.readsSkipChannels == false }
      if links.skips.isEmpty || isHeld { return denseRuns.reduce(0) { $0 + $1.mass } }
    }
    let blocks = cells.filter { $0.kind != .stage }
    let masses = blocks.compactMap(\.nnMass)
    let main = Set(links.mainPath)
    let projections = Set(links.shortcuts.map(\.first)).subtracting(main)
    let beside = graph.layers.indices.filter { graph.layers[$0].isWeighted && !main.contains($0) }
    guard !blocks.isEmpty, masses.count == blocks.count, Set(beside) == projections,
      blocks.reduce(0, { $0 + $1.skipLinks }) == links.skips.reduce(0, { $0 + $1.links })
    else { return nil }
    return masses.reduce(0, +)
  }

  private func shapes(_ layers: ArraySlice<Int>) -> [WeightedLayer] {
    layers.compactMap { layer in
      if case .weighted(let shape, _) = graph.layers[layer].operation { shape } else { nil }
    }
  }

  /// The block whose first layers may have another resolution than its sum.
  private func holder(_ level: Int) -> Int? {
    runs.firstIndex { run in
      run.kind != .stage && links.levels[run.layers[0]]...links.levels[run.layers[run.layers.count - 1]] ~= level
    }
  }

  private func distance(_ level: Int, _ range: ClosedRange<Int>) -> Int {
    max(range.lowerBound - level, level - range.upperBound, 0)
  }
}

/// A run of layers in the form of a `dense` cell: one width, no groups; every layer after the first reads all of its
/// predecessor's channels, and beside them different channels of earlier layers of the run.
struct DenseRun {
  let layers: [Int]
  let width: Int
  /// Channels that the layers take beside their predecessors'.
  let skipChannels: Int
  /// The last layer that takes any.
  let lastReader: Int?
  /// Whether the first layer has skip links from before the cell.
  let readsSkipChannels: Bool

  /// - Returns: `nil` for a run of another form.
  init?(layers: [Int], _ graph: LayerGraph, _ skips: [Int: [LayerGraphLinks.Skip]]) {
    var skipChannels = 0
    var lastReader: Int?
    var readsSkipChannels = false
    let width = graph.layers[layers[0]].channels
    for (place, layer) in layers.enumerated() {
      guard case .weighted(let shape, false) = graph.layers[layer].operation, shape.groups == 1,
        shape.outputChannels == width
      else { return nil }
      let skips = skips[layer] ?? []
      let channels = skips.reduce(0) { $0 + $1.channels }
      if place == 0 {
        readsSkipChannels = channels > 0
        continue
      }
      guard shape.inputChannels == width + channels,
        skips.allSatisfy({ $0.sources.isSubset(of: layers[..<max(place - 1, 0)]) })
      else { return nil }
      skipChannels += channels
      if channels > 0 { lastReader = layer }
    }
    self.layers = layers
    self.width = width
    self.skipChannels = skipChannels
    self.lastReader = lastReader
    self.readsSkipChannels = readsSkipChannels
  }

  /// Channels that the layers could take.
  var candidates: Int { DenseCell(width: width, depth: layers.count, skip: 0).skipCandidates }

  var mass: Double {
    NNMass.cell(width: Double(width), depth: layers.count, skipChannels: skipChannels, candidates: candidates)
  }
}
